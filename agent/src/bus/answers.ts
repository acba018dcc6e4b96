import { randomUUID } from "node:crypto";
import type { DeviceTwin, Outcome, PropertyTwin, TwinChange } from "../twin/types.ts";
import type { RequestError } from "./request.ts";
import { bothSides, differs, expectedText, fullTwinJson, type Sides, twinJson } from "./twin-json.ts";

/** What every message of the agent begins with. */
interface Envelope {
  readonly eventId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const begin = ({ eventId, at }: Envelope) => `{"event_id":${JSON.stringify(eventId)},"timestamp":${at}`;

/** An envelope for a message that answers nobody. */
export const unsolicited = (at: number): Envelope => ({ eventId: randomUUID(), at });

/** An error answer: `code` and `reason`. */
export const errorAnswer = (envelope: Envelope, { code, reason }: RequestError): string =>
  `${begin(envelope)},"code":${code},"reason":${JSON.stringify(reason)}}`;

/** Which sides of which property a request named. */
export interface Asked {
  readonly desired?: Readonly<Record<string, unknown>>;
  readonly reported?: Readonly<Record<string, unknown>>;
}

/** `twin/update/result`: what was applied; of each property only the sides that the request named, null for a withdrawn one. */
export function updateResult(envelope: Envelope, { changes }: Outcome, asked: Asked): string {
  const parts = changes.map(({ name, after }) => member(name, after ? twinJson(after, sidesOf(name, asked)) : "null"));
  return `${begin(envelope)},"twin":{${parts.join(",")}}}`;
}

const sidesOf = (name: string, { desired, reported }: Asked): Sides => ({
  expected: desired?.[name] !== undefined,
  actual: reported?.[name] !== undefined,
});

/** `twin/update/document`: each changed twin before and after. */
export function updateDocument(envelope: Envelope, changes: readonly TwinChange[]): string {
  const parts = changes.map(({ name, before, after }) =>
    member(name, `{"last":${sideOf(before)},"current":${sideOf(after)}}`),
  );
  return `${begin(envelope)},"twin":{${parts.join(",")}}}`;
}

const sideOf = (twin: PropertyTwin | undefined) => (twin ? twinJson(twin, bothSides) : "null");

/**
 * `twin/update/delta`: every twin that has a desired value, and the desired values that the device does not have. Mappers
 * read the whole map: KubeEdge's traffic light dies when a lamp is missing. Undefined when nothing differs.
 */
export function updateDelta(envelope: Envelope, { twins }: DeviceTwin): string | undefined {
  let all = "";
  let different = "";
  for (const twin of twins.values()) {
    const expected = expectedText(twin);
    if (expected === undefined) continue;
    all += `${all && ","}${member(twin.name, twinJson(twin, bothSides))}`;
    if (differs(twin)) different += `${different && ","}${member(twin.name, JSON.stringify(expected))}`;
  }
  return different === "" ? undefined : `${begin(envelope)},"twin":{${all}},"delta":{${different}}}`;
}

/** `twin/get/result`: every twin of the device. */
export function getResult(envelope: Envelope, { twins }: DeviceTwin): string {
  const parts = [...twins.values()].map((twin) => member(twin.name, fullTwinJson(twin)));
  return `${begin(envelope)},"twin":{${parts.join(",")}}}`;
}

/** Any other answer: `members` are written behind the envelope. */
export const answer = (envelope: Envelope, members: Readonly<Record<string, unknown>>): string =>
  `${begin(envelope)},${JSON.stringify(members).slice(1)}`;

const member = (name: string, json: string) => `${JSON.stringify(name)}:${json}`;
