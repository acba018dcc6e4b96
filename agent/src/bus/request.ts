import { isUtf8 } from "node:buffer";

/** KubeEdge's codes in an error answer, with HTTP's meanings. */
export type ErrorCode = 400 | 404 | 409 | 500;

/** Why a request was not done. */
export interface RequestError {
  readonly code: ErrorCode;
  /** Names the thing, the value and the fix. */
  readonly reason: string;
  /** True when the message itself was in order, only what it asks for is not. */
  readonly readable?: boolean;
}

/** A JSON object from a client. */
export interface Request {
  /** Echoed in the answer; empty when the client sent none. */
  readonly eventId: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Event ids are echoed and logged; more than this is somebody's payload in the wrong place. */
const longestEventId = 256;

/** Reads a payload as a JSON object with an optional `event_id`. */
export function parseRequest(payload: Uint8Array): Request | RequestError {
  const parsed = parseJson(payload);
  if ("code" in parsed) return parsed;
  const { value } = parsed;
  if (!isRecord(value)) return bad(`the message must be a JSON object such as {"event_id":"1"}, not ${kindOf(value)}`);
  const { event_id: eventId = "" } = value;
  if (typeof eventId !== "string" || eventId.length > longestEventId) {
    return bad(`event_id must be text of at most ${longestEventId} characters, not ${kindOf(eventId)}`);
  }
  return { eventId, body: value };
}

function parseJson(payload: Uint8Array): { readonly value: unknown } | RequestError {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  if (bytes.length === 0) return bad(`the message is empty; send a JSON object such as {"event_id":"1"}`);
  if (!isUtf8(bytes)) return bad("the message is not UTF-8 text");
  try {
    return { value: JSON.parse(bytes.toString("utf8")) };
  } catch (error) {
    return bad(`the message is not JSON: ${(error as SyntaxError).message}`);
  }
}

/** The error answer to something the client has to change. */
export const bad = (reason: string): RequestError => ({ code: 400, reason });

/** Whether `value` is a JSON object. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A JSON value as people call it: `an array`, `a number (5)`. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  const shown = JSON.stringify(value) ?? "nothing";
  return `${typeof value} ${shown.length > 80 ? `${shown.slice(0, 80)}…` : shown}`;
}
