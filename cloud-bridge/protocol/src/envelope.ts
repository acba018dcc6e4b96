import { parseJsonText, toJsonText } from "@edgetwin/models";
import { ProtocolError } from "./errors.ts";

/**
 * One message between edge and cloud. KubeEdge sends each as one WebSocket text message: a JSON object and a line feed.
 * Keys that nobody needs (`destination`, `sync`, `type`) are neither read nor written.
 */
export interface Envelope {
  readonly header: Header;
  readonly route: Route;
  /** Any JSON value; `null` when there is none. */
  readonly content: unknown;
}

export interface Header {
  /** UUID of the message; a message that is sent again keeps it. */
  readonly id: string;
  /** The message that this one answers. */
  readonly parentId?: string;
  /** Milliseconds since 1970 when the message was made. */
  readonly timestamp: number;
  /** Kubernetes' resourceVersion of the object in `content`. */
  readonly resourceVersion?: string;
}

/** Who sends, which group at the receiver is meant, and what is to be done with which resource. */
export interface Route {
  readonly source: string;
  readonly group: string;
  readonly operation: string;
  readonly resource: string;
}

/** Identity and time of a message that is about to be written. */
export interface Stamp {
  readonly id: string;
  readonly timestamp: number;
}

/**
 * Reads one WebSocket message. As KubeEdge does, keys that are missing are empty, keys that are unknown are ignored, and
 * integers beyond 2^53 stay exact (as bigint).
 *
 * @throws ProtocolError `FRAME_INVALID`.
 */
export function parseEnvelope(text: string): Envelope {
  let raw: unknown;
  try {
    raw = parseJsonText(text);
  } catch (cause) {
    throw new ProtocolError("FRAME_INVALID", `not JSON: ${excerpt(text)}`, { cause });
  }
  if (!isObject(raw)) throw new ProtocolError("FRAME_INVALID", `expected a JSON object, got ${excerpt(text)}`);
  const header = section(raw, "header");
  const route = section(raw, "route");
  const parentId = textAt(header, "parent_msg_id");
  const resourceVersion = textAt(header, "resourceversion");
  return {
    header: {
      id: textAt(header, "msg_id"),
      timestamp: typeof header.timestamp === "number" ? header.timestamp : 0,
      ...(parentId !== "" && { parentId }),
      ...(resourceVersion !== "" && { resourceVersion }),
    },
    route: {
      source: textAt(route, "source"),
      group: textAt(route, "group"),
      operation: textAt(route, "operation"),
      resource: textAt(route, "resource"),
    },
    content: raw.content ?? null,
  };
}

/** The text of a WebSocket message, line feed included. Empty strings of the route are left out, as Go's encoder does. */
export function formatEnvelope({ header, route, content }: Envelope): string {
  const { id, parentId, timestamp, resourceVersion } = header;
  const filled = Object.fromEntries(Object.entries(route).filter(([, value]) => value !== ""));
  const body = {
    header: {
      msg_id: id,
      ...(parentId !== undefined && { parent_msg_id: parentId }),
      timestamp,
      ...(resourceVersion !== undefined && { resourceversion: resourceVersion }),
    },
    route: filled,
    content: content ?? null,
  };
  return `${toJsonText(body)}\n`;
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The beginning of a text or of a value's JSON, for messages; never a whole payload. */
export function excerpt(value: unknown): string {
  const text = typeof value === "string" ? value : (toJsonText(value) ?? "nothing");
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}

function section(raw: Readonly<Record<string, unknown>>, name: "header" | "route"): Readonly<Record<string, unknown>> {
  const value = raw[name] ?? {};
  if (isObject(value)) return value;
  throw new ProtocolError("FRAME_INVALID", `${name}: expected an object, got ${excerpt(value)}`);
}

function textAt(place: Readonly<Record<string, unknown>>, key: string): string {
  const value = place[key] ?? "";
  if (typeof value === "string") return value;
  throw new ProtocolError("FRAME_INVALID", `${key}: expected a text, got ${excerpt(value)}`);
}
