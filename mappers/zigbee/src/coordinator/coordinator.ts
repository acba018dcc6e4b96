import { defineMapper, fields } from "@edgetwin/mapper-sdk";
import { coordinatorConnection } from "../connection.ts";
import { closeNetwork, openNetwork } from "../network/networks.ts";
import { defaultStateDirectory } from "../state-directory.ts";
import { CoordinatorSession } from "./coordinator-session.ts";
import { coordinatorMethods } from "./methods.ts";
import { coordinatorModel } from "./model.ts";

/** The dongle of a network. Its Device owns the network: devices in it wait until it runs. */
export const zigbeeCoordinator = defineMapper({
  protocol: "zigbee",
  model: coordinatorModel,
  connection: coordinatorConnection,
  visitor: fields({}),
  claims: ({ connection: { path } }) => [{ resource: path }],

  async open({ connection, clock, log, scope }) {
    const directory = connection.state ?? defaultStateDirectory(process.env);
    const network = scope.adopt(
      await openNetwork({ connection, directory, clock, log, random: Math.random }),
      closeNetwork,
    );
    return new CoordinatorSession(network, { joinSeconds: connection.joinSeconds, backup: `${directory}/backup.json` });
  },

  properties: {
    permitJoin: {
      read: ({ session }) => session.isJoinable,
      write: ({ session }, open) => session.permitJoin(open ? session.joinSeconds : 0),
      watch: ({ session, signal }) => session.changesOf(() => session.isJoinable, signal),
    },
    state: {
      read: ({ session }) => session.network.status,
      watch: ({ session, signal }) => session.changesOf(() => session.network.status, signal),
    },
    devices: {
      read: ({ session }) => session.network.devices.length,
      watch: ({ session, signal }) => session.changesOf(() => session.network.devices.length, signal),
    },
    channel: { read: ({ session }) => session.network.facts.channel },
    panId: { read: ({ session }) => session.network.facts.panId },
    extendedPanId: { read: ({ session }) => session.network.facts.extendedPanId },
    firmware: { read: ({ session }) => session.network.facts.firmware },
  },

  methods: coordinatorMethods,
});
