import { defineProtocol } from "@edgetwin/mapper-sdk";
import { BacnetDevice } from "./device.ts";
import { discoverDevices } from "./discover/discover.ts";
import { acquireDevice, acquireEndpoint, deviceSettings } from "./link/endpoints.ts";
import { bacnetMethods } from "./methods.ts";
import { bindingOf, narrowed } from "./visitors/binding.ts";
import { connection } from "./visitors/connection.ts";
import { visitor } from "./visitors/visitor.ts";

/**
 * Serves any model whose properties live in the objects of a BACnet/IP device. Devices share one socket; each is found by
 * its instance number, wherever it is.
 */
export const bacnet = defineProtocol({
  protocol: "bacnet",
  connection,
  visitor,

  narrow(property, settings, name) {
    const narrow = narrowed(property, settings);
    bindingOf(narrow, settings, name);
    return narrow;
  },

  async open({ board, clock, log, name, connection, visitors, model, scope, signal }): Promise<BacnetDevice> {
    const bindings = new Map(
      Object.entries(visitors).flatMap(([property, settings]) => {
        const found = model.properties[property];
        return found ? [[property, bindingOf(found, settings, property)] as const] : [];
      }),
    );
    const { endpoint } = scope.use(await acquireEndpoint({ board, clock, log, name, settings: connection }));
    signal.throwIfAborted();
    const { device } = scope.use(acquireDevice(endpoint, deviceSettings(connection), { clock, log }));
    const session = new BacnetDevice(device, bindings, connection.priority);
    await session.probe(signal);
    return session;
  },

  read: ({ session, name, signal }) => session.read(name, signal),
  readMany: ({ session, wanted, signal, goOn }) =>
    session.readMany(
      wanted.map(({ name }) => name),
      { signal, goOn },
    ),
  write: ({ session, name, signal }, value) => session.write(name, value, signal),
  watch: ({ session, name, signal }) => session.watch(name, signal),
  methods: bacnetMethods,
  discover: discoverDevices,
});
