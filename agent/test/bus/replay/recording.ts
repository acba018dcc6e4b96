import { fixture } from "../../fixtures/fixture.ts";

/** A JSON value of a message. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface Message {
  readonly topic: string;
  /** A text where the payload was not JSON. */
  readonly payload: Json;
}

/** One thing that was done, and what KubeEdge's edge core published before the next one. */
export interface Step {
  /** What the recording says about it. */
  readonly note: string;
  /** Messages of the client; several when they were sent back to back. */
  readonly sent: readonly Message[];
  /** Desired values that were set in the cloud. */
  readonly desired?: Readonly<Record<string, string>>;
  readonly answers: Message[];
}

interface Line {
  readonly note?: string;
  readonly from?: "client" | "edgecore";
  readonly topic?: string;
  readonly payload?: Json;
  readonly desired?: Readonly<Record<string, string>>;
}

/** The steps of a recording in test/fixtures. Notes without anything done are steps, too: an operator acted. */
export function stepsOf(name: string): Step[] {
  const steps: Step[] = [];
  let note = "";
  let burst: Message[] | undefined;
  for (const line of fixture(name).trim().split("\n")) {
    const { note: said, from, topic, payload = null, desired } = JSON.parse(line) as Line;
    if (said !== undefined) {
      note = said;
      burst = said.includes("back to back") ? [] : undefined;
      steps.push({ note, sent: burst ?? [], answers: [] });
    } else if (desired) {
      steps.push({ note, sent: [], desired, answers: [] });
    } else if (topic !== undefined) {
      const message = { topic, payload };
      const isLast = payloadId(payload).startsWith("g");
      if (from === "edgecore") steps.at(-1)?.answers.push(message);
      else if (burst && !isLast) burst.push(message);
      else steps.push({ note, sent: [message], answers: [] });
    }
  }
  return steps;
}

/** The `event_id` of a payload, or the empty text. */
export function payloadId(payload: Json): string {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) return "";
  return typeof payload.event_id === "string" ? payload.event_id : "";
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A message without what no two runs share: times and generated ids. Reasons are for people; the code is compared. */
export function comparable({ topic, payload }: Message): Message {
  return { topic, payload: comparableValue(payload) };
}

function comparableValue(value: Json, key = ""): Json {
  if (key === "timestamp" && typeof value === "number") return "<time>";
  if (key === "last_online" || key === "lastOnlineTime") return "<time>";
  if (key === "reason") return "<reason>";
  if (key === "event_id" && typeof value === "string" && uuid.test(value)) return "<uuid>";
  if (Array.isArray(value)) return value.map((item) => comparableValue(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, comparableValue(member, name)]));
}
