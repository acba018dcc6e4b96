import { defineModel, p } from "@edgetwin/mapper-sdk";

/** A dongle with its network, as a twin: open the join window, see how many devices there are. */
export const coordinatorModel = defineModel("zigbee-coordinator", {
  permitJoin: p.boolean({ access: "rw", description: "whether new devices are let in; closes by itself" }),
  state: p.oneOf(["starting", "online", "lost", "closed"], { description: "whether the network runs" }),
  devices: p.int({ min: 0, description: "devices in the network" }),
  channel: p.int({ description: "radio channel, 11 to 26" }),
  panId: p.int({ description: "short identifier of the network" }),
  extendedPanId: p.string({ description: "long identifier of the network" }),
  firmware: p.string({ description: "firmware of the dongle" }),
});
