import { printStructured } from "@edgetwin/program/command-line";
import type { CauseJson } from "../../api/routes/causes.ts";
import type { MethodCausesJson } from "../../api/routes/methods.ts";
import type { TwinJson } from "../../api/twin-json.ts";
import { AgentError } from "../../errors.ts";
import { causeText } from "../cause-text.ts";
import type { AgentClient } from "../client.ts";
import type { Invocation } from "../command.ts";
import { age, localDateTime } from "../human-time.ts";
import { resourceName, resourcePath } from "../resource-path.ts";
import { phaseText, qualityText, withUnit } from "../twin-text.ts";

/** `edgetwin why`: the chain of causes of a property, newest last, and where it stands now. */
export async function run(invocation: Invocation): Promise<undefined> {
  const { positionals, options, output } = invocation;
  const [resource = "", property = ""] = positionals;
  const name = resourceName(resource, invocation);
  const device = resourcePath("devices", name);
  const path = `${device}/twin/${encodeURIComponent(property)}`;
  const client = invocation.connect();
  const [twin, causes] = await Promise.all([
    client.request<TwinJson>(path),
    client.request<{ readonly items: readonly CauseJson[] }>(`${path}/causes`),
  ]).catch(async (error: unknown) => {
    const calls = await callsOf(client, { device, method: property, error });
    return [undefined, calls] as const;
  });
  const format = options.get("output") ?? "text";
  if (format === "json" || format === "yaml") {
    return await printStructured(output, format, { ...causes, ...(twin && { twin }) });
  }

  const first = causes.items[0];
  const deed = twin ? "changed" : "called";
  if (!first) output.line(`Nobody has ${deed} ${property} of ${name.namespace}/${name.name} yet.`);
  else if (first.seq > 0) output.line(output.paint("grey", `(${first.seq} older causes are no longer kept)`));
  for (const cause of causes.items) {
    output.line(`${output.paint("grey", localDateTime(cause.at))}  ${causeText(cause)}.`);
  }
  if (twin) output.line(nowText(twin, invocation));
}

interface NotAProperty {
  /** Path of the device. */
  readonly device: string;
  readonly method: string;
  /** What asking for a property of that name came to. */
  readonly error: unknown;
}

/** The calls of the method of that name; rejects with `error` when there is none. */
async function callsOf(client: AgentClient, { device, method, error }: NotAProperty): Promise<MethodCausesJson> {
  if (!(error instanceof AgentError) || error.code !== "NOT_FOUND") throw error;
  try {
    return await client.request<MethodCausesJson>(`${device}/methods/${encodeURIComponent(method)}/causes`);
  } catch {
    throw error;
  }
}

function nowText(twin: TwinJson, { output }: Invocation): string {
  const { desired, phase, reason, reported } = twin;
  const wanted = desired
    ? `${withUnit(desired.value, twin)} is desired and ${phaseText(phase, output)}${reason === undefined ? "" : ` (${reason})`}`
    : "nothing is desired";
  const seen = reported
    ? `the device reported ${withUnit(reported.value, twin)} ${age(reported.ageMs)} ago (${qualityText(reported.quality, output)}${reported.reason === undefined ? "" : `: ${reported.reason}`})`
    : "the device has reported nothing";
  return `${output.paint("bold", "Now:")} ${wanted}; ${seen}.`;
}
