import { defineProtocol, MapperError } from "@edgetwin/mapper-sdk";
import { acquireBridge } from "./bridge.ts";
import { BridgedDevice } from "./bridged-device.ts";
import { discoverBridged } from "./discover.ts";
import { connection, visitor } from "./settings.ts";

/**
 * Serves devices of a zigbee2mqtt that somebody runs already, over its broker. Any model: the keys that zigbee2mqtt
 * tells are its properties.
 */
export const zigbee2mqtt = defineProtocol({
  protocol: "zigbee2mqtt",
  connection,
  visitor,

  narrow(property, { scale }, name) {
    if (property.type === "BYTES") throw invalid(name, "key: the property is BYTES, which zigbee2mqtt does not tell");
    if (scale === 0) throw invalid(name, "scale: 0 leaves nothing of the value");
    return property;
  },

  async open({ clock, log, connection, visitors, model, scope, signal, credential }): Promise<BridgedDevice> {
    const { url, baseTopic, credential: name } = connection;
    const properties = new Map(
      Object.entries(visitors).flatMap(([name, visitor]) => {
        const property = model.properties[name];
        return property ? [[name, { property, visitor }] as const] : [];
      }),
    );
    const { bridge } = scope.use(
      await acquireBridge({ url, baseTopic, credential: name, credentials: credential, clock, log }),
    );
    const device = scope.use(new BridgedDevice({ bridge, connection, clock }, properties));
    await device.open(signal);
    return device;
  },

  read: ({ session, name, signal }) => session.read(name, signal),
  write: ({ session, name, signal }, value) => session.write(name, value, signal),
  watch: ({ session, name, signal }) => session.watch(name, signal),
  discover: discoverBridged,
});

const invalid = (name: string, message: string) => new MapperError("CONFIG_INVALID", `visitors.${name}.${message}`);
