import type { IncomingMessage } from "node:http";
import { didYouMean, showValue } from "@edgetwin/mapper-sdk";
import { parseJsonText } from "@edgetwin/models";
import { AgentError } from "../errors.ts";
import type { Call } from "./route.ts";

/** Content types read as a manifest; RFC 9512 registered `application/yaml`, the others are what people send. */
export const manifestTypes = ["application/yaml", "application/json", "application/x-yaml", "text/yaml"] as const;

/** Content types of a change; RFC 7396 is what a PATCH of ours means. */
export const changeTypes = ["application/json", "application/merge-patch+json"] as const;

/** Reads the body as UTF-8 text. Rejects with `BODY_TOO_LARGE`, and with `REQUEST_INVALID` when the client goes away. */
export async function readText(request: IncomingMessage, limitBytes: number): Promise<string> {
  const tooLarge = () => new AgentError("BODY_TOO_LARGE", `the body is larger than ${limitBytes} bytes`);
  if (Number(request.headers["content-length"] ?? 0) > limitBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limitBytes) break;
      chunks.push(chunk);
    }
  } catch (cause) {
    throw new AgentError("REQUEST_INVALID", "the body ended early", { cause });
  }
  if (size > limitBytes) throw tooLarge();
  return decodeUtf8(Buffer.concat(chunks));
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AgentError("REQUEST_INVALID", "the body is not UTF-8 text", { cause });
  }
}

/** The text of a body of one of the `accepted` types. @throws AgentError `MEDIA_TYPE_UNSUPPORTED`. */
export async function textBody(call: Call, accepted: readonly string[]): Promise<string> {
  const { text, type } = await call.text();
  if (!accepted.includes(type)) {
    const got = type === "" ? "no Content-Type" : `Content-Type ${type}`;
    throw new AgentError("MEDIA_TYPE_UNSUPPORTED", `got ${got}; send ${accepted.join(" or ")}`);
  }
  return text;
}

/**
 * The JSON object in the body, with no fields but `fields`.
 *
 * @throws AgentError `MEDIA_TYPE_UNSUPPORTED`, `REQUEST_INVALID` naming the field and the nearest known one.
 */
export async function jsonBody(call: Call, fields: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const parsed = parseJson(await textBody(call, changeTypes));
  const object = asObject(parsed, "the body");
  for (const name of Object.keys(object)) {
    if (fields.includes(name)) continue;
    const hint = didYouMean(name, fields) || `; known fields: ${fields.join(", ")}`;
    throw new AgentError("REQUEST_INVALID", `the body has an unknown field "${name}"${hint}`);
  }
  return object;
}

/** `value` as a JSON object. @throws AgentError `REQUEST_INVALID` saying what it is instead. */
export function asObject(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  const got = value === undefined ? "nothing" : showValue(value).slice(0, 80);
  throw new AgentError("REQUEST_INVALID", `${where} must be a JSON object, got ${got}`);
}

function parseJson(text: string): unknown {
  try {
    return parseJsonText(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AgentError("REQUEST_INVALID", `the body is not JSON: ${why}`, { cause });
  }
}
