import { type Field, f, fields, type Input, type Output } from "@edgetwin/mapper-sdk";
import { topicField } from "../link/topic.ts";
import { pathField } from "../payload/json-path.ts";
import { brokerFields } from "./broker.ts";

/** One topic that tells whether the device is there. */
const availabilityTopic = f.object({
  topic: topicField,
  /** Where in a JSON payload it says so. */
  path: f.optional(pathField),
  online: f.withDefault(f.string(), "online"),
  offline: f.withDefault(f.string(), "offline"),
});

/** What {@link availabilityTopic} gives. */
export type AvailabilityTopic = (typeof availabilityTopic extends Field<infer T> ? T : never) & {};

const availabilityField: Field<readonly AvailabilityTopic[], AvailabilityInput> = {
  expected: "an object with topic, path, online and offline, or a list of such",
  parse(raw) {
    const all = Array.isArray(raw) ? raw : [raw];
    const parsed = all.map((one) => availabilityTopic.parse(one));
    for (const one of parsed) if (!("value" in one)) return one;
    return { value: parsed.flatMap((one) => ("value" in one ? [one.value] : [])) };
  },
};
type AvailabilityOne = {
  readonly topic: string;
  readonly path?: string;
  readonly online?: string;
  readonly offline?: string;
};
type AvailabilityInput = AvailabilityOne | readonly AvailabilityOne[];

/** How a device is reached. */
export const connection = fields({
  ...brokerFields,
  /** Until a first value, an answer or the availability is there. */
  timeoutMs: f.withDefault(f.int({ min: 10, max: 25_000 }), 5000),
  availability: f.optional(availabilityField),
  /** With several topics: whether all or any of them must say so, or the one that spoke last. */
  availabilityMode: f.withDefault(f.oneOf(["all", "any", "latest"]), "all"),
  /** Silence on all topics of the device after which it counts as gone. */
  expireAfterMs: f.optional(f.int({ min: 100 })),
});

export type Connection = Output<typeof connection>;
/** What manifests may say. */
export type MqttConnection = Input<typeof connection>;
