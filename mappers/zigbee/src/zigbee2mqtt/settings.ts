import { f, fields, type Output } from "@edgetwin/mapper-sdk";

const urlField = f.custom<string>('a URL like "mqtt://127.0.0.1:1883" or "mqtts://broker.example"', (raw) => {
  if (typeof raw !== "string" || !URL.canParse(raw)) return undefined;
  const { protocol, username, password } = new URL(raw);
  return (protocol === "mqtt:" || protocol === "mqtts:") && username === "" && password === "" ? raw : undefined;
});

/** A name that is a part of a topic. */
const topicField = f.custom<string>("text without + and #, that neither begins nor ends with a slash", (raw) =>
  typeof raw === "string" && /^[^+#/\0][^+#\0]*$/.test(raw) && !raw.endsWith("/") ? raw : undefined,
);

/** Which zigbee2mqtt. */
export const bridgeFields = {
  url: f.withDefault(urlField, "mqtt://127.0.0.1:1883"),
  baseTopic: f.withDefault(topicField, "zigbee2mqtt"),
  /** Name of a credential in the agent's configuration. */
  credential: f.optional(f.string()),
};

/** How to reach a device through a zigbee2mqtt. */
export const connection = fields({
  ...bridgeFields,
  /** Friendly name, or IEEE address of a device that has none. */
  device: topicField,
  /** How long it has to say that it took a value, or what it has. */
  timeoutMs: f.withDefault(f.int({ min: 100, max: 60_000 }), 5000),
});

/** What {@link connection} returns. */
export type Zigbee2mqttConnection = Output<typeof connection>;

/** Where a property is in what zigbee2mqtt tells. */
export const visitor = fields({
  /** `"state"`, or `"color.x"` for what lies inside. */
  key: f.custom<string>('a key like "state" or "color.x"', (raw) =>
    typeof raw === "string" && /^\w+(?:\.\w+){0,2}$/.test(raw) && !/(?:^|\.)__proto__(?:\.|$)/.test(raw)
      ? raw
      : undefined,
  ),
  /** The value is what it tells times this. */
  scale: f.optional(f.number()),
  /** What it says for true and false. */
  on: f.withDefault(f.string(), "ON"),
  off: f.withDefault(f.string(), "OFF"),
});

/** What {@link visitor} returns. */
export type Zigbee2mqttVisitor = Output<typeof visitor>;
