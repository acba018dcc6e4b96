import { type DeclareMethod, f, fields } from "@edgetwin/mapper-sdk";
import type { MqttDevice } from "./device/mqtt-device.ts";
import { topicField } from "./link/topic.ts";
import type { Visitor } from "./visitors/visitor.ts";

const textField = f.custom("text", (raw) => (typeof raw === "string" ? raw : undefined));

/** For putting a device into operation: what can be said to every device behind a broker, whatever its model says. */
export const mqttMethods = (method: DeclareMethod<MqttDevice, Readonly<Record<string, Visitor>>>) => ({
  request: method({
    description: "Publishes a message and returns what comes next on another topic, e.g. Tasmota's STATUS 0.",
    input: fields({
      topic: topicField,
      payload: f.withDefault(textField, ""),
      answerOn: topicField,
      timeoutMs: f.withDefault(f.int({ min: 10, max: 9000 }), 5000),
    }),
    output: fields({ payload: textField }),
    run: async ({ session, signal }, { topic, payload, answerOn, timeoutMs }) => ({
      payload: await session.request({ topic, payload }, answerOn, { timeoutMs, signal }),
    }),
  }),
});
