import type { ServerResponse } from "node:http";
import { toJsonText } from "@edgetwin/models";

/** What a handler answers with. `body` is sent as JSON; `text` and `bytes` as they are; `stream` takes over a response that has a body. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Content type; default `application/json`. */
  readonly type?: string;
  readonly body?: unknown;
  readonly text?: string;
  readonly bytes?: Buffer;
  readonly stream?: (response: ServerResponse) => void;
}

/** 200 with a JSON body. */
export const ok = (body: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status: 200,
  headers,
  body,
});

/** Sends `reply`. A HEAD request gets the same headers and no body. */
export function send(response: ServerResponse, reply: Reply, method: string): void {
  if (response.destroyed || response.headersSent) return;
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  // Twins change all the time and answers may hold what only the holder of the token may see.
  if (!response.hasHeader("Cache-Control")) response.setHeader("Cache-Control", "no-store");
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.statusCode = reply.status;
  if (reply.stream && method !== "HEAD") return reply.stream(response);
  const text = reply.bytes ?? reply.text ?? (reply.body === undefined ? undefined : `${toJsonText(reply.body)}\n`);
  if (text === undefined) {
    response.end();
    return;
  }
  response.setHeader("Content-Type", reply.type ?? "application/json");
  response.setHeader("Content-Length", Buffer.byteLength(text));
  response.end(method === "HEAD" ? undefined : text);
}
