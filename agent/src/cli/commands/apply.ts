import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { printStructured } from "@edgetwin/program/command-line";
import { AgentError } from "../../errors.ts";
import type { ApplyResult } from "../../registry/registry.ts";
import type { Invocation } from "../command.ts";
import { deviceTroubles } from "../device-troubles.ts";
import { usageError } from "../usage-error.ts";

interface ManifestText {
  readonly file: string;
  readonly text: string;
}

/** `edgetwin apply`: hands manifests to the agent, which checks all documents of a text before it stores the first. */
export async function run(invocation: Invocation): Promise<undefined> {
  const { options, output } = invocation;
  const paths = options.get("file")?.split("\n");
  if (paths === undefined) throw usageError("apply needs -f", "edgetwin apply -f FILE");
  const texts: ManifestText[] = [];
  for (const path of new Set(paths)) {
    if (path === "-") texts.push({ file: "standard input", text: await invocation.readStdin() });
    else texts.push(...readManifests(path));
  }
  const client = invocation.connect();
  const { file, text } = texts.length === 1 ? (texts[0] as ManifestText) : await inOneText(texts, paths.join(", "));
  const request = { method: "POST", body: text, type: "application/yaml", query: { file } };
  const { items } = await client.request<{ items: readonly ApplyResult[] }>("/api/v1/manifests", request);
  const format = options.get("output") ?? "text";
  if (format === "json" || format === "yaml") return await printStructured(output, format, { items });
  for (const { kind, id, result, warnings } of items) {
    const name = `${kind === "Device" ? "device" : "model"}/${id}`;
    output.line(format === "name" ? name : `${name} ${result}`);
    for (const warning of warnings) output.note(`warning: ${warning}`);
  }
  for (const trouble of await deviceTroubles(items, invocation)) output.note(`warning: ${trouble}`);
}

/**
 * Several files become one text, so that nothing of them is applied unless all of them fit and models come before the
 * devices that use them. Each is read here first: messages then name its own lines.
 */
async function inOneText(texts: readonly ManifestText[], file: string): Promise<ManifestText> {
  const { ModelError, parseManifests } = await import("@edgetwin/models");
  for (const { file, text } of texts) {
    try {
      await parseManifests(text, { file });
    } catch (cause) {
      if (!(cause instanceof ModelError)) throw cause;
      throw new AgentError("MANIFEST_INVALID", cause.message, { cause });
    }
  }
  return { file, text: texts.map(({ text }) => text).join("\n---\n") };
}

function readManifests(path: string): ManifestText[] {
  try {
    if (!statSync(path).isDirectory()) return [{ file: path, text: readFileSync(path, "utf8") }];
    const names = readdirSync(path).filter((name) => /\.(ya?ml|json)$/.test(name));
    if (names.length === 0) throw new AgentError("MANIFEST_INVALID", `${path} holds no .yaml, .yml or .json file`);
    return names.sort().map((name) => ({ file: join(path, name), text: readFileSync(join(path, name), "utf8") }));
  } catch (cause) {
    if (cause instanceof AgentError) throw cause;
    const { message } = cause as Error;
    throw new AgentError("MANIFEST_INVALID", `${path} cannot be read: ${message}`, { cause });
  }
}
