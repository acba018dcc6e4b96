import { type DeclareMethod, f, fields, MapperError } from "@edgetwin/mapper-sdk";
import { ieeeField } from "../connection.ts";
import { isSleepy } from "../place.ts";
import type { CoordinatorSession } from "./coordinator-session.ts";

/** A device of a network as `listDevices` tells it. */
export interface ListedDevice {
  readonly ieee: string;
  readonly model?: string;
  readonly manufacturer?: string;
  readonly kind: string;
  readonly interview: string;
  readonly sleepy: boolean;
  readonly linkQuality?: number;
  readonly silentSeconds: number;
}

/** What a network does on demand. */
export const coordinatorMethods = (method: DeclareMethod<CoordinatorSession, unknown>) => ({
  permitJoin: method({
    description: "Opens the join window for some seconds, of all routers or of one; 0 closes it.",
    input: fields({
      seconds: f.withDefault(f.int({ min: 0, max: 254 }), 180),
      via: f.optional(ieeeField),
    }),
    run: ({ session }, { seconds, via }) => session.permitJoin(seconds, via),
  }),
  listDevices: method({
    description: "Lists the devices of the network and what they said of themselves.",
    output: fields({ devices: f.custom("devices", (raw) => raw as readonly ListedDevice[]) }),
    run: ({ session: { network } }) => ({
      devices: network.devices.map((device) => ({
        ieee: device.ieeeAddr,
        ...(device.modelID && { model: device.modelID }),
        ...(device.manufacturerName && { manufacturer: device.manufacturerName }),
        kind: device.type,
        interview: device.interviewState.toLowerCase(),
        sleepy: isSleepy(device),
        ...(device.linkquality !== undefined && { linkQuality: device.linkquality }),
        silentSeconds: Math.round(network.silentMs(device.ieeeAddr) / 1000),
      })),
    }),
  }),
  interview: method({
    description: "Asks a device anew what it is, e.g. one whose interview failed because it fell asleep.",
    input: fields({ ieee: ieeeField }),
    async run({ session }, { ieee }) {
      const device = session.network.device(ieee);
      await session.request(`the interview of ${ieee}`, () => device.interview(true));
      session.network.changes.push();
    },
  }),
  remove: method({
    description: "Has a device leave the network; with force it is forgotten although it does not answer.",
    input: fields({ ieee: ieeeField, force: f.withDefault(f.boolean(), false) }),
    output: fields({ removed: f.boolean() }),
    async run({ session }, { ieee, force }) {
      const { network } = session;
      const device = network.controller.getDeviceByIeeeAddr(ieee);
      if (!device) return { removed: false };
      if (device.type === "Coordinator")
        throw new MapperError("VALUE_INVALID", `remove.ieee: ${ieee} is the dongle itself`);
      if (force) device.removeFromDatabase();
      else await session.request(`the request that ${ieee} leaves`, () => device.removeFromNetwork());
      network.forget(ieee);
      return { removed: true };
    },
  }),
  backup: method({
    description: "Copies the memory of the dongle to its file; a new dongle of the same kind takes over from it.",
    output: fields({ path: f.string() }),
    async run({ session }) {
      await session.request("a backup", () => session.network.controller.backup());
      return { path: session.backupPath };
    },
  }),
});
