import { type Json, type Message, payloadId, type Step } from "./recording.ts";

/** Where we answer otherwise than KubeEdge's edge core, on purpose. */
export interface Difference {
  readonly reason: string;
  /** Whether it shows in this step. */
  readonly applies: (step: Step) => boolean;
  /** What we publish, from what edge core published; both comparable. */
  readonly ours: (answers: readonly Message[], step: Step) => readonly Message[];
  /** Published afterwards, unseen, so that later steps start from the same twins. */
  readonly restore?: (step: Step) => Json;
}

const device = "$hw/events/device/rec-mqtt/mq-1";
const unreadable = "$hw/events/device//twin/update/result";
const ids = (step: Step) => step.sent.map(({ payload }) => payloadId(payload));
const isOneOf =
  (...wanted: string[]) =>
  (step: Step) =>
    ids(step).some((id) => wanted.includes(id));

type Fields = { [key: string]: Json };
const fields = (value: Json | undefined) => (value ?? {}) as Fields;
const withPayload = (message: Message, change: (payload: Fields) => Fields): Message => ({
  ...message,
  payload: change({ ...fields(message.payload) }),
});
const error = (topic: string, eventId: string): Message => ({
  topic,
  payload: { event_id: eventId, timestamp: "<time>", code: 400, reason: "<reason>" },
});
const sides = (value: string, type: string, more: Fields = {}): Fields => ({
  actual: { value, metadata: { timestamp: "<time>" } },
  optional: true,
  metadata: { type },
  ...more,
});
const result = (eventId: string, twin: Fields): Message => ({
  topic: `${device}/twin/update/result`,
  payload: { event_id: eventId, timestamp: "<time>", twin },
});
const document = (eventId: string, twin: Fields): Message => ({
  topic: `${device}/twin/update/document`,
  payload: { event_id: eventId, timestamp: "<time>", twin },
});

/** The delta of the steps around values that edge core refuses: what it last published, with another actual of `power`. */
const deltaOf = (power: string, temperature: string): Message => ({
  topic: `${device}/twin/update/delta`,
  payload: {
    event_id: "<uuid>",
    timestamp: "<time>",
    twin: {
      power: sides(power, "string", { expected: { value: "ON", metadata: { timestamp: "<time>" } } }),
      temperature: sides(temperature, "int", { expected: { value: "30", metadata: { timestamp: "<time>" } } }),
    },
    delta: { ...(power !== "ON" && { power: "ON" }), temperature: "30" },
  },
});
const on = { expected: { value: "ON", metadata: { timestamp: "<time>" } } };
const longest = "a".repeat(512);

/** Accepted where edge core refuses: the answers to a report of `power`, `was` before. */
const accepted = (eventId: string, was: string, now: string, temperature: string): Message[] => [
  result(eventId, { power: sides(now, "string") }),
  document(eventId, { power: { last: sides(was, "string", on), current: sides(now, "string", on) } }),
  deltaOf(now, temperature),
];

/** Every one is checked: a difference that is not here, and one here that does not show, fail the test. */
export const differences: Readonly<Record<string, Difference>> = {
  "errors of an unreadable message also go to the device's own topic": {
    reason: "with the empty device id alone nobody who listens for a device ever learns of the error",
    applies: ({ answers, sent }) =>
      sent.length > 0 && answers.some(({ topic }) => topic === unreadable) && !tooNarrow(sent),
    ours: (answers, { sent }) => [
      error(`${device}/twin/update/result`, payloadId(sent[0]?.payload ?? null)),
      ...answers,
    ],
  },
  "twin/get shows versions, quality and progress besides": {
    reason: "a client on the bus can see how far its desired value got; readers skip members that they do not know",
    applies: ({ sent, answers }) => sent.some(({ topic }) => topic.endsWith("twin/get")) && hasTwins(answers[0]),
    ours: (answers) =>
      answers.map((message) => withPayload(message, (payload) => ({ ...payload, twin: known(payload.twin) }))),
  },
  "values may hold any text": {
    reason: "KubeEdge's alphabet has no blank, no plus and no percent sign, and a value ends at 512 characters",
    applies: isOneOf("u18", "u26"),
    ours: (_answers, step) =>
      ids(step)[0] === "u18"
        ? accepted("u18", "ON", "a b", "25")
        : accepted("u26", longest, "a".repeat(513), "9223372036854775807"),
    restore: (step) => ({ twin: { power: { actual: { value: ids(step)[0] === "u18" ? "ON" : longest } } } }),
  },
  "double is a type": {
    reason: "the device API has DOUBLE; on the bus such a twin travels as text, as KubeEdge's own words have no double",
    applies: isOneOf("u11"),
    ours: () => [
      result("u11", { d: sides("1.5", "string") }),
      document("u11", { d: { last: null, current: sides("1.5", "string") } }),
      deltaOf("OFF", "24"),
    ],
    restore: () => ({ twin: { d: null } }),
  },
  "an empty reported value is shown": {
    reason: "edge core forgets it when it loads the twin again",
    applies: isOneOf("u25"),
    ours: (answers) =>
      answers.map((message) =>
        message.topic.endsWith("document")
          ? document("u25", { power: { last: sides("", "string", on), current: sides(longest, "string", on) } })
          : message,
      ),
  },
  "a name that was never there is not documented": {
    reason: "withdrawing what does not exist changes nothing; edge core also drops the rest of such a message",
    applies: isOneOf("u31"),
    ours: (answers) => answers.filter(({ topic }) => !topic.endsWith("document")),
  },
  "what only messages announced stays optional": {
    reason: "the model says which twins a device must have; a message cannot make one that no message can remove",
    applies: isOneOf("u8", "u30", "u33", "u34", "g2", "g4", "g5"),
    ours: (answers, step) => {
      const [id = ""] = ids(step);
      if (id === "u30") return [result(id, { mode: null }), gone(id, "mode", "auto"), ...withoutResult(answers)];
      if (id === "u33") return [result(id, {}), ...answers.filter(({ topic }) => topic.endsWith("delta"))];
      if (id === "u34") return [result(id, { f: null }), gone(id, "f", "text"), ...withoutResult(answers)];
      return answers.map((message) => ({ ...message, payload: allOptional(message.payload) }));
    },
    restore: (step) => {
      const [id = ""] = ids(step);
      if (id === "u30") return { twin: { mode: { actual: { value: "auto" } } } };
      return id === "u34" ? { twin: { f: { actual: { value: "text" } } } } : {};
    },
  },
  "state/update/result echoes the event id, has both words for the time, keeps the last time and writes states small": {
    reason:
      "an answer can be matched to its question, and old and new readers find their word; a device that is offline now was online once",
    applies: isOneOf("s-online", "s-offline", "s-OK"),
    ours: (answers, step) =>
      answers.map((message) =>
        withPayload(message, (payload) => {
          const { name, state } = fields(payload.device);
          const described = {
            name: name ?? "",
            state: String(state).toLowerCase(),
            last_online: "<time>",
            lastOnlineTime: "<time>",
          };
          return { ...payload, event_id: ids(step)[0] ?? "", device: described };
        }),
      ),
  },
  "membership shows states small": {
    reason: "states are compared in lower case everywhere, and shown as they are compared",
    applies: isOneOf("m4"),
    ours: (answers) =>
      answers.map((message) =>
        withPayload(message, (payload) => ({
          ...payload,
          devices: (payload.devices as Fields[]).map((each) => ({ ...each, state: String(each.state).toLowerCase() })),
        })),
      ),
  },
  "a wrong state is answered": {
    reason: "edge core is silent, and the mapper's author never learns why nothing happens",
    applies: ({ sent }) => sent.some(({ topic }) => topic.endsWith("state/update")) && !isRightState(sent[0]),
    ours: (_answers, { sent }) =>
      sent.map(({ topic, payload }) => {
        const answer = error(`${topic}/result`, payloadId(payload));
        return topic.includes("/none/") ? withPayload(answer, (fields) => ({ ...fields, code: 404 })) : answer;
      }),
  },
  "results keep the order of the requests": {
    reason: "edge core handles requests of one device side by side, so an older value can win",
    applies: ({ sent }) => sent.length > 1,
    ours: inOrder,
  },
  "only the cloud speaks for the cloud": {
    reason:
      "any local client can set desired values with forged versions through twin/cloud_updated; the bridge uses its own door",
    applies: isOneOf("c1"),
    ours: (answers) =>
      answers.map((message) => withPayload(message, (payload) => ({ ...payload, event_id: "<uuid>" }))),
  },
};

const tooNarrow = (sent: Step["sent"]) => ["u18", "u26"].includes(payloadId(sent[0]?.payload ?? null));
const hasTwins = (answer: Message | undefined) => Object.keys(fields(fields(answer?.payload).twin)).length > 0;
const withoutResult = (answers: readonly Message[]) => answers.filter(({ topic }) => !topic.endsWith("result"));
const gone = (id: string, name: string, value: string) =>
  document(id, { [name]: { last: sides(value, "string"), current: null } });
const isRightState = (message: Message | undefined) =>
  message !== undefined &&
  !message.topic.includes("/none/") &&
  ["online", "offline", "OK"].includes(String(fields(message.payload).state));

/** Marks twins whose extra members were seen and taken off, see `withoutExtras`. */
const known = (twin: Json | undefined): Json =>
  Object.fromEntries(Object.entries(fields(twin)).map(([name, each]) => [name, { ...fields(each), extras: true }]));

/** Replaces our extra members of a twin by one mark, so that their presence is compared and their values are not. */
export function withoutExtras({ topic, payload }: Message): Message {
  if (!topic.endsWith("twin/get/result") || typeof payload !== "object" || payload === null || !("twin" in payload)) {
    return { topic, payload };
  }
  const twin = Object.entries(fields(fields(payload).twin)).map(([name, each]): [string, Json] => {
    const { expected_version: wanted, actual_version: actual, quality, progress, ...others } = fields(each);
    const complete =
      (others.expected === undefined) === (wanted === undefined && progress === undefined) &&
      (others.actual === undefined) === (actual === undefined && quality === undefined);
    return [name, { ...others, extras: complete }];
  });
  return { topic, payload: { ...fields(payload), twin: Object.fromEntries(twin) } };
}

function allOptional(value: Json): Json {
  if (Array.isArray(value)) return value.map(allOptional);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, name === "optional" ? true : allOptional(member)]),
  );
}

/** The first request's answers are right; the others are the same with the next values. */
function inOrder(answers: readonly Message[], { sent }: Step): readonly Message[] {
  const first = answers
    .filter(({ payload }, index) => index < 3 || payloadId(payload) === ids({ sent } as Step)[0])
    .slice(0, 3);
  const before = "9223372036854775807";
  return sent.flatMap(({ payload }, index) => {
    const now = String(100 + index);
    const last = index === 0 ? before : String(99 + index);
    const replaced = JSON.stringify(first)
      .replaceAll(`"${before}"`, '"<last>"')
      .replaceAll('"100"', '"<now>"')
      .replaceAll('"<last>"', JSON.stringify(last))
      .replaceAll('"<now>"', JSON.stringify(now))
      .replaceAll('"burst0"', JSON.stringify(payloadId(payload)));
    return JSON.parse(replaced) as Message[];
  });
}
