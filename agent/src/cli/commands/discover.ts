import { parseDuration } from "@edgetwin/mapper-sdk";
import { printStructured, table } from "@edgetwin/program/command-line";
import type { DiscoverEndJson, FoundJson, OfferListJson } from "../../api/routes/discover.ts";
import { AgentError } from "../../errors.ts";
import { parseInputs } from "../assignments.ts";
import type { Invocation } from "../command.ts";
import { usageError } from "../usage-error.ts";

const path = "/api/v1/discover";

/** `edgetwin discover`: looks for devices and shows them, or prints manifests that make them devices. */
export async function run(invocation: Invocation): Promise<undefined> {
  const { positionals, options, output, signal } = invocation;
  const [protocol, ...words] = positionals;
  if (protocol === undefined) return await listOffers(invocation);
  const time = options.get("for");
  if (time !== undefined && parseDuration(time) === undefined) {
    throw usageError(`--for "${time}" is no duration`, `edgetwin discover ${protocol} --for 10s`);
  }
  const namespace = options.get("namespace");
  const body = {
    protocol,
    ...(words.length > 0 && { options: parseInputs(words, `edgetwin discover ${protocol}`) }),
    ...(time !== undefined && { for: time }),
    ...(namespace !== undefined && { namespace }),
  };
  const found: FoundJson[] = [];
  let end: DiscoverEndJson | undefined;
  for await (const { event, data } of await invocation.connect().events(path, signal, { method: "POST", body })) {
    if (event === "found") found.push(data as FoundJson);
    if (event === "done") end = data as DiscoverEndJson;
  }
  const format = options.get("output") ?? "table";
  if (format === "json") await printStructured(output, "json", { items: found });
  else if (format === "yaml") await printManifests(found, invocation);
  else for (const line of found.length === 0 ? [] : rows(found)) output.line(line);
  tellEnd(found, end, invocation);
}

async function listOffers({ output, options, connect }: Invocation): Promise<undefined> {
  const { items } = await connect().request<OfferListJson>(path);
  if (options.get("output") === "json") return await printStructured(output, "json", { items });
  if (items.length === 0) return output.note("no mapper of this agent looks for devices") as undefined;
  for (const { protocol, description, options: fields = [] } of items) {
    const takes = fields.map(({ name, optional }) => (optional ? `[${name}=VALUE]` : `${name}=VALUE`));
    output.line([output.paint("bold", protocol), ...takes].join(" "));
    output.line(`  ${description}`);
    for (const { name, expected } of fields) output.line(`  ${name}: ${expected}`);
  }
}

function rows(found: readonly FoundJson[]): string[] {
  return table(
    ["NAME", "DESCRIPTION", "SURE", "DEVICE", "FACTS"],
    found.map(({ name, description, confidence, facts = {}, device, known }) => [
      name,
      description,
      `${Math.round(confidence * 100)}%`,
      known !== undefined ? `${known} (known)` : (device ?? "-"),
      Object.entries(facts)
        .map(([fact, value]) => `${fact}=${value}`)
        .join(" ") || "-",
    ]),
  );
}

async function printManifests(found: readonly FoundJson[], { output }: Invocation): Promise<void> {
  const { stringify } = await import("yaml");
  const texts = found.flatMap(({ description, confidence, manifests = [] }) =>
    manifests.map((manifest) => {
      const comment =
        manifest.kind === "Device" ? `# ${oneLine(description)}; ${Math.round(confidence * 100)}% sure\n` : "";
      // As kubectl reads YAML, so that both take it for the same.
      return `${comment}${stringify(manifest, { lineWidth: 0, version: "1.1" })}`;
    }),
  );
  if (texts.length > 0) output.raw(texts.join("---\n"));
}

/** Text from a device must not leave its comment. */
const oneLine = (text: string): string => text.replace(/[\r\n\u2028\u2029\p{Cc}]+/gu, " ");

function tellEnd(found: readonly FoundJson[], end: DiscoverEndJson | undefined, { output, options }: Invocation): void {
  if (end?.reason === "failed") throw new AgentError(end.code, end.detail);
  const known = found.filter((one) => one.known !== undefined).length;
  if (found.length === 0) output.note("nothing was found");
  else if (options.get("output") === "yaml" && !found.some(({ manifests }) => manifests)) {
    output.note(
      known > 0 ? "everything that was found is a device already" : "nothing that was found can become a device",
    );
  }
  if (end?.reason === "time") output.note("the time was over before everything was looked at; --for gives it more");
  if (end?.reason === "limit") output.note("there is more; narrow it with options");
}
