import { type Field, f, fields, type Input, type Output } from "@edgetwin/mapper-sdk";
import { topicField } from "../link/topic.ts";
import { pathField } from "../payload/json-path.ts";
import { templateField } from "../payload/template.ts";

/** By value of the property, the word that the device has for it. */
const valuesField: Field<
  Readonly<Record<string, string>>,
  Readonly<Record<string, string | number | boolean>>
> = f.custom("words of the device by value of the property, like { true: ON, false: OFF }", (raw) => {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return undefined;
  const entries = Object.entries(raw);
  const words = entries.map(([, word]) => String(word));
  const isPlain = entries.every(([, word]) => ["string", "number", "boolean"].includes(typeof word));
  if (!isPlain || entries.length === 0 || new Set(words).size < words.length) return undefined;
  return Object.fromEntries(entries.map(([value], index) => [value, words[index] as string]));
}) as Field<Readonly<Record<string, string>>, Readonly<Record<string, string | number | boolean>>>;

const qosField = f.custom("0, 1 or 2", (raw) => ([0, 1, 2] as const).find((qos) => String(qos) === String(raw)));

/** Where a property lives. */
export const visitor = fields({
  /** The topic on which the device tells it. */
  state: f.optional(topicField),
  /** Where in the JSON that it sends there. */
  path: f.optional(pathField),
  /** The topic that it listens on. */
  command: f.optional(topicField),
  /** What is sent there; the value alone when left out. */
  template: f.optional(templateField),
  values: f.optional(valuesField),
  /** Words to send, where they are others than those that the device says. */
  commandValues: f.optional(valuesField),
  /** What the device's number has to be multiplied with, and what is added then. */
  scale: f.optional(
    f.custom("a number other than 0", (raw) =>
      Number(raw) !== 0 && Number.isFinite(Number(raw)) ? Number(raw) : undefined,
    ),
  ),
  offset: f.optional(f.number()),
  qos: f.withDefault(qosField, 1),
  /** Whether the broker keeps the command for a device that is not there; what it then does is old news. */
  retain: f.withDefault(f.boolean(), false),
  /** What makes the device tell, for those that do not do so by themselves or whose broker retains nothing. */
  request: f.optional(
    f.object({
      topic: topicField,
      payload: f.withDefault(
        f.custom("text", (raw) => (typeof raw === "string" ? raw : undefined)),
        "",
      ),
      /** `open`: once, then the device tells by itself. `read`: for every reading. */
      when: f.withDefault(f.oneOf(["open", "read"]), "read"),
    }),
  ),
  /** How long the state topic may take to agree with what was written. */
  confirmMs: f.withDefault(f.int({ min: 10, max: 60_000 }), 3000),
});

export type Visitor = Output<typeof visitor>;
/** Where a property lives, as authors may write it. */
export type MqttVisitor = Input<typeof visitor>;
