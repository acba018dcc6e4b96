import { defineProtocol, MapperError } from "@edgetwin/mapper-sdk";
import { bindingOf, narrowed } from "./binding.ts";
import { connection } from "./connection.ts";
import { ZigbeeDevice } from "./device.ts";
import { discoverZigbee } from "./discover.ts";
import { zigbeeMethods } from "./methods.ts";
import { whenRunning } from "./network/networks.ts";
import { visitor } from "./visitor.ts";

/**
 * Serves any model whose properties are features or attributes of a Zigbee device. The network is that of a dongle which
 * has a Device of its own, of the model `zigbee-coordinator`.
 */
export const zigbee = defineProtocol({
  protocol: "zigbee",
  connection,
  visitor,

  narrow(property, settings, name) {
    bindingOf(property, settings, name);
    return narrowed(property, settings);
  },

  async open({ clock, log, connection, visitors, model, scope, signal }): Promise<ZigbeeDevice> {
    const bindings = Object.entries(visitors).flatMap(([name, settings]) => {
      const property = model.properties[name];
      return property ? [bindingOf(property, settings, name)] : [];
    });
    const network = await whenRunning(connection.path, { clock, signal });
    const device = scope.use(new ZigbeeDevice({ network, connection, bindings, clock, log }));
    await device.open(signal);
    return device;
  },

  async read({ session, name }) {
    const { [name]: result } = await session.readMany([name], { goOn: () => true });
    if (result instanceof Error) throw result;
    if (result === undefined) throw new MapperError("DEVICE_IO", `${session.ieee} said nothing of ${name}`);
    return result;
  },
  readMany: ({ session, wanted, goOn }) =>
    session.readMany(
      wanted.map(({ name }) => name),
      { goOn },
    ),
  write: ({ session, name }, value) => session.write(name, value),
  watch: ({ session, name, signal }) => session.watch(name, signal),
  methods: zigbeeMethods,
  discover: discoverZigbee,
});
