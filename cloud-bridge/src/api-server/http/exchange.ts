import type { IncomingMessage, ServerResponse } from "node:http";
import { stringify } from "yaml";
import type { User } from "../access/user.ts";
import type { Form } from "../print/form.ts";

/** A request on its way to its answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly user: User;
  /** What the client should be told, as `Warning` headers. */
  readonly warnings: string[];
  /** Aborts when the client is gone or the server goes. */
  readonly signal: AbortSignal;
}

const escaped = (text: string) =>
  text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll(/[^\x20-\x7e]/g, "?");

/** More than this in one header and clients give up reading. */
const maxWarningBytes = 4096;

/** Writes the `Warning` headers, as many as fit. */
export function setWarnings({ response, warnings }: Pick<Exchange, "response" | "warnings">): void {
  let bytes = 0;
  const values: string[] = [];
  for (const text of new Set(warnings)) {
    const value = `299 - "${escaped(text)}"`;
    bytes += value.length;
    if (bytes > maxWarningBytes) break;
    values.push(value);
  }
  if (values.length > 0) response.setHeader("Warning", values);
}

/** Answers with an object, as JSON or YAML. */
export function sendObject(
  exchange: Exchange,
  { code = 200, yaml = false }: { code?: number } & Partial<Pick<Form, "yaml">>,
  body: unknown,
): void {
  const { response, request } = exchange;
  setWarnings(exchange);
  const text = yaml ? stringify(body, { aliasDuplicateObjects: false }) : `${JSON.stringify(body)}\n`;
  response.statusCode = code;
  response.setHeader("Content-Type", yaml ? "application/yaml" : "application/json");
  if (!response.hasHeader("Cache-Control")) response.setHeader("Cache-Control", "no-cache, private");
  response.setHeader("Content-Length", Buffer.byteLength(text));
  response.end(request.method === "HEAD" ? undefined : text);
}

/** Answers with text. */
export function sendText(
  { response, request }: Pick<Exchange, "response" | "request">,
  code: number,
  text: string,
): void {
  response.writeHead(code, {
    "Content-Type": "text/plain; charset=utf-8",
    "Cache-Control": "no-cache, private",
    "X-Content-Type-Options": "nosniff",
    "Content-Length": Buffer.byteLength(text),
  });
  response.end(request.method === "HEAD" ? undefined : text);
}

/** Sends a piece of a long answer; resolves when the client can take more, or is gone. */
export async function sendPiece(
  { response, signal }: Pick<Exchange, "response" | "signal">,
  text: string,
): Promise<void> {
  if (signal.aborted || response.write(text)) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      response.off("drain", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    response.once("drain", done);
    signal.addEventListener("abort", done, { once: true });
  });
}
