import { defineProtocol } from "@edgetwin/mapper-sdk";
import { MqttDevice } from "./device/mqtt-device.ts";
import { discoverDevices } from "./discover/find-devices.ts";
import { acquireLink } from "./link/links.ts";
import { type OpenStream, openSocket } from "./link/open-socket.ts";
import { mqttMethods } from "./methods.ts";
import { bindingOf, narrowed } from "./payload/binding.ts";
import { brokerOf } from "./visitors/broker.ts";
import { connection } from "./visitors/connection.ts";
import { visitor } from "./visitors/visitor.ts";

/** The protocol over any way to a broker; tests simulate one. */
export const mqttOver = (openStream: OpenStream) =>
  defineProtocol({
    protocol: "mqtt",
    connection,
    visitor,

    narrow(property, settings, name) {
      const narrow = narrowed(property, settings);
      bindingOf(narrow, settings, name);
      return narrow;
    },

    async open({
      board,
      clock,
      log,
      name,
      credential,
      connection,
      visitors,
      model,
      scope,
      signal,
    }): Promise<MqttDevice> {
      const bindings = Object.entries(visitors).flatMap(([property, settings]) => {
        const found = model.properties[property];
        return found ? [bindingOf(found, settings, property)] : [];
      });
      const broker = brokerOf(connection);
      const { link } = scope.use(acquireLink({ board, clock, log, credential, broker, openStream }));
      const device = new MqttDevice({ link, connection, bindings, clock, log, name });
      const close = await device.open(signal);
      scope.defer(close);
      return device;
    },

    read: ({ session, name, signal }) => session.read(name, signal),
    write: ({ session, name, signal }, value) => session.write(name, value, signal),
    watch: ({ session, name, signal }) => session.watch(name, signal),
    methods: mqttMethods,
    discover: discoverDevices(openStream),
  });

/**
 * Serves any model whose properties live on topics of an MQTT broker. Devices behind one broker share its connection;
 * values arrive by themselves, and a write counts when the state topic agrees.
 */
export const mqtt = mqttOver(openSocket);
