import { defineProtocol } from "@edgetwin/mapper-sdk";
import { ModbusDevice } from "./device.ts";
import { discoverUnits } from "./discover.ts";
import { acquireLink } from "./link/links.ts";
import { modbusMethods } from "./methods.ts";
import { recognisable } from "./models/recognise.ts";
import { bindingOf, narrowed } from "./visitors/binding.ts";
import { connection, endpointName, settingsOf } from "./visitors/connection.ts";
import { visitor } from "./visitors/visitor.ts";

/**
 * Serves any model whose properties live in the coils and registers of a Modbus unit, over TCP, RTU and RTU over TCP.
 * Devices on one line share its connection; neighbouring registers are read with one request.
 */
export const modbus = defineProtocol({
  protocol: "modbus",
  connection,
  visitor,
  bus: ({ line }) => endpointName(line),
  // Any number of units share a line; what they cannot do is to talk on it at different speeds.
  claims: ({ connection: { line } }) => [{ resource: endpointName(line), as: settingsOf(line) }],

  narrow(property, settings, name) {
    const narrow = narrowed(property, settings);
    bindingOf(narrow, settings, name);
    return narrow;
  },

  async open({ board, clock, log, name, connection, visitors, model, scope, signal }): Promise<ModbusDevice> {
    const bindings = new Map(
      Object.entries(visitors).flatMap(([property, settings]) => {
        const found = model.properties[property];
        return found ? [[property, bindingOf(found, settings, property)] as const] : [];
      }),
    );
    const { link } = scope.use(acquireLink({ board, clock, log, name, connection }));
    const device = new ModbusDevice(link, connection, bindings);
    await link.connect({ signal });
    await device.probe(signal);
    return device;
  },

  read: ({ session, name, signal }) => session.read(name, signal),
  readMany: ({ session, wanted, signal, goOn }) =>
    session.readMany(
      wanted.map(({ name }) => name),
      { signal, goOn },
    ),
  write: ({ session, name, signal }, value) => session.write(name, value, signal),
  methods: modbusMethods,
  discover: discoverUnits(recognisable),
});
