import { showValue } from "@edgetwin/mapper-sdk";
import type { DeviceJson, ResourceJson } from "../../api/resources.ts";
import type { MethodListJson } from "../../api/routes/methods.ts";
import type { TwinJson } from "../../api/twin-json.ts";
import type { DeviceMethod } from "../../methods/device-methods.ts";
import type { Invocation } from "../command.ts";
import { age, localDateTime } from "../human-time.ts";
import { resourceName, resourcePath } from "../resource-path.ts";
import { byText, phaseText, qualityText, withUnit } from "../twin-text.ts";

/** `edgetwin describe`: everything about one resource, for people. */
export async function run(invocation: Invocation): Promise<undefined> {
  const [kind, name = ""] = invocation.positionals;
  const path = resourcePath(kind === "model" ? "models" : "devices", resourceName(name, invocation));
  const resource = await invocation.connect().request<DeviceJson | ResourceJson>(path);
  describeMetadata(resource, invocation);
  if ("status" in resource) {
    describeDevice(resource, invocation);
    await describeMethods(`${path}/methods`, invocation);
  } else await describeModel(resource, invocation);
}

function describeMetadata({ metadata }: ResourceJson, { output, clock }: Invocation): void {
  const labels = Object.entries((metadata.labels ?? {}) as Record<string, string>).map(
    ([key, value]) => `${key}=${value}`,
  );
  output.line(field("Name", metadata.name));
  output.line(field("Namespace", metadata.namespace));
  if (labels.length > 0) output.line(field("Labels", labels.join(", ")));
  output.line(field("UID", metadata.uid));
  output.line(field("Generation", String(metadata.generation)));
  const { creationTimestamp } = metadata;
  output.line(
    field("Created", `${localDateTime(creationTimestamp)} (${age(clock.now() - Date.parse(creationTimestamp))} ago)`),
  );
}

function describeDevice({ spec, status }: DeviceJson, invocation: Invocation): void {
  const { output } = invocation;
  const { deviceModelRef, protocol } = spec as {
    deviceModelRef?: { name?: string };
    protocol?: { protocolName?: string };
  };
  output.line(field("Model", deviceModelRef?.name ?? "none"));
  output.line(field("Protocol", protocol?.protocolName ?? "none"));
  output.line(field("Node", status.node));
  const { name, state, reason } = status.mapper;
  output.line(field("Mapper", `${name ?? "none here"}, ${state}${reason ? `: ${reason}` : ""}`));
  output.line(field("Health", `${status.state}${status.reason ? `: ${status.reason}` : ""}`));
  if (status.lastOnlineTime) output.line(field("Last online", localDateTime(status.lastOnlineTime)));
  output.line(output.paint("bold", "Twins:"));
  if (status.twins.length === 0) output.line("  none");
  for (const twin of status.twins) describeTwin(twin, invocation);
}

async function describeMethods(path: string, { output, connect }: Invocation): Promise<void> {
  const { items } = await connect().request<MethodListJson>(path);
  if (items.length === 0) return;
  output.line(output.paint("bold", "Methods:"));
  for (const method of items) {
    const takes = method.kind === "properties" ? method.properties.map((name) => `[${name}=VALUE]`) : inputsOf(method);
    output.line(`  ${[output.paint("bold", method.name), ...takes].join(" ")}`);
    if (method.description !== undefined) output.line(`    ${method.description}`);
    if (method.kind === "properties") continue;
    for (const { name, expected, default: fallback } of method.input ?? []) {
      const left = fallback === undefined ? "" : `; ${showValue(fallback)} when left out`;
      output.line(`    ${name}: ${expected}${left}`);
    }
  }
}

const inputsOf = ({ input }: Extract<DeviceMethod, { kind: "mapper" }>): string[] =>
  input === undefined
    ? ["[NAME=VALUE...]"]
    : input.map(({ name, optional }) => (optional ? `[${name}=VALUE]` : `${name}=VALUE`));

function describeTwin(twin: TwinJson, { output }: Invocation): void {
  const { propertyName, type, access, desired, phase, reason, attempts, reported } = twin;
  output.line(
    `  ${output.paint("bold", propertyName)}  ${rangeText(twin)}${type}, ${access === "r" ? "read-only" : "writable"}`,
  );
  if (desired) {
    const tries = attempts !== undefined && attempts > 1 ? ` after ${attempts} attempts` : "";
    const why = reason === undefined ? "" : `: ${reason}`;
    output.line(
      `    desired   ${withUnit(desired.value, twin)}  version ${desired.version} by ${byText(desired.by)}, ${localDateTime(desired.at)}`,
    );
    output.line(`              ${phaseText(phase, output)}${tries}${why}`);
  }
  if (reported) {
    const why = reported.reason === undefined ? "" : `: ${reported.reason}`;
    output.line(
      `    reported  ${withUnit(reported.value, twin)}  ${age(reported.ageMs)} ago by ${reported.source}, ${qualityText(reported.quality, output)}${why}`,
    );
  }
}

function rangeText({ options, min, max }: TwinJson): string {
  if (options) return `${options.join("|")}  `;
  if (min === undefined && max === undefined) return "";
  return `${min ?? "…"} to ${max ?? "…"}  `;
}

async function describeModel({ spec, metadata }: ResourceJson, { output, connect }: Invocation): Promise<void> {
  const { protocol, properties = [] } = spec as { protocol?: string; properties?: readonly ModelPropertyJson[] };
  output.line(field("Protocol", protocol ?? "any"));
  output.line(output.paint("bold", "Properties:"));
  for (const { name, type, accessMode, unit, description } of properties) {
    const facts = [type, accessMode, unit].filter((fact) => fact !== undefined).join(", ");
    output.line(`  ${output.paint("bold", name)}  ${facts}${description ? `  ${description}` : ""}`);
  }
  const query = { namespace: metadata.namespace };
  const { items } = await connect().request<{ items: readonly DeviceJson[] }>("/api/v1/devices", { query });
  const users = items.filter(
    (item) => (item.spec as { deviceModelRef?: { name?: string } }).deviceModelRef?.name === metadata.name,
  );
  output.line(field("Devices", users.map((item) => item.metadata.name).join(", ") || "none"));
}

interface ModelPropertyJson {
  readonly name: string;
  readonly type?: string;
  readonly accessMode?: string;
  readonly unit?: string;
  readonly description?: string;
}

const field = (name: string, value: string): string => `${`${name}:`.padEnd(13)}${value}`;
