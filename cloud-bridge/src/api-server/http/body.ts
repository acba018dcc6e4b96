import type { IncomingMessage } from "node:http";
import { parse as parseYaml } from "yaml";
import { isFields } from "../api-object.ts";
import { badRequest, tooLarge, unsupportedMediaType } from "../failures.ts";
import { decodeProtobuf, protobufType } from "./protobuf.ts";

/** As large as etcd would take, and a little: no object that fits there is refused here. */
export const maxBodyBytes = 3 * 1024 * 1024;

/** @throws BridgeError `KUBERNETES` 413 for more than `maxBodyBytes`; the connection is not read further. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw tooLarge(maxBodyBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The media type without its parameters. */
export const contentTypeOf = ({ headers }: Pick<IncomingMessage, "headers">): string =>
  (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";

const documents = "application/json, application/yaml, application/vnd.kubernetes.protobuf";

/**
 * Reads an object of some kind from JSON, YAML, or the protobuf of the few kinds that kubectl sends so.
 *
 * @throws BridgeError `KUBERNETES`: 400 for what cannot be read, 415 for another type.
 */
export function parseObject(body: Buffer, type: string, kind: string): Record<string, unknown> {
  if (type === protobufType) return decodeProtobuf(body);
  if (!["", "application/json", "application/yaml"].includes(type)) throw unsupportedMediaType(documents);
  const text = body.toString("utf8");
  const shown = text.length > 90 ? `${text.slice(0, 90)} ...` : text === "" ? "<empty>" : text;
  const refuse = (problem: string) =>
    badRequest(`the object provided is unrecognized (must be of type ${kind}): ${problem} (${shown})`);
  let value: unknown;
  try {
    value = type === "application/yaml" ? readYaml(text) : JSON.parse(text);
  } catch (cause) {
    const problem =
      text.trim() === "" || /end of JSON/.test(`${cause}`) ? "unexpected end of JSON input" : (cause as Error).message;
    throw refuse(`couldn't get version/kind; json parse error: ${problem}`);
  }
  if (!isFields(value)) throw refuse("couldn't get version/kind; json parse error: json: the document is no object");
  if (typeof value.kind !== "string" || value.kind === "") throw refuse(`Object 'Kind' is missing in '${text}'`);
  if (value.metadata === undefined || value.metadata === null) value.metadata = {};
  if (!isFields(value.metadata)) throw refuse("metadata is no object");
  return value;
}

/** YAML 1.1, as Kubernetes reads it: `y` and `on` are booleans. */
export const readYaml = (text: string): unknown => parseYaml(text, { version: "1.1", maxAliasCount: 100 });
