import { printStructured, table } from "@edgetwin/program/command-line";
import type { DeviceJson, ResourceJson } from "../../api/resources.ts";
import type { TwinJson } from "../../api/twin-json.ts";
import type { Invocation } from "../command.ts";
import { getCloud } from "../get-cloud.ts";
import { getSinks } from "../get-sinks.ts";
import { age } from "../human-time.ts";
import { resourceName, resourcePath } from "../resource-path.ts";
import { byText, cell, phaseText, qualityText } from "../twin-text.ts";
import { usageError } from "../usage-error.ts";

type Item = ResourceJson | DeviceJson;

/** `edgetwin get`: lists what the agent has. */
export async function run(invocation: Invocation): Promise<undefined> {
  const { positionals, options, output } = invocation;
  const [given = "", name] = positionals;
  if (given === "sinks") return await getSinks(invocation);
  if (given === "cloud") return await getCloud(invocation);
  const kind = given.replace(/s$/, "") as "device" | "model" | "twin" | "mapper";
  if (name !== undefined && options.has("all-namespaces")) {
    throw usageError("--all-namespaces lists everything, so it takes no NAME", `edgetwin get ${given} ${name}`);
  }
  if (kind === "mapper") return await (await import("./get-mappers.ts")).getMappers(invocation, name);
  const items = await fetchItems(invocation, kind, name);
  const format = options.get("output") ?? "table";
  if (format === "json" || format === "yaml") {
    return await printStructured(output, format, structured({ items, kind, single: name !== undefined }));
  }
  if (format === "name") return printNames(items, kind, invocation);
  if (items.length === 0) {
    output.note(nothingText(invocation, kind));
    return;
  }
  const wide = format === "wide";
  const lines =
    kind === "model"
      ? modelTable(items, invocation)
      : kind === "device"
        ? deviceTable(items as DeviceJson[], wide, invocation)
        : twinTable(items as DeviceJson[], wide, invocation);
  for (const line of lines) output.line(line);
}

async function fetchItems(invocation: Invocation, kind: string, name: string | undefined): Promise<readonly Item[]> {
  const { options } = invocation;
  const path = kind === "model" ? "models" : "devices";
  const client = invocation.connect();
  if (name !== undefined) return [await client.request<Item>(resourcePath(path, resourceName(name, invocation)))];
  const query: Record<string, string> = options.has("all-namespaces")
    ? {}
    : { namespace: options.get("namespace") ?? "default" };
  return (await client.request<{ items: readonly Item[] }>(`/api/v1/${path}`, { query })).items;
}

interface Answer {
  readonly items: readonly Item[];
  readonly kind: "device" | "model" | "twin";
  readonly single: boolean;
}

function structured({ items, kind, single }: Answer): unknown {
  if (kind === "twin") {
    return { items: items.flatMap((item) => twinsOf(item).map((twin) => ({ device: idOf(item), ...twin }))) };
  }
  if (single) return items[0];
  return { apiVersion: "v1", kind: "List", items };
}

function printNames(items: readonly Item[], kind: string, { output }: Invocation): undefined {
  for (const item of items) {
    if (kind !== "twin") output.line(`${kind}/${idOf(item)}`);
    else for (const { propertyName } of twinsOf(item)) output.line(`twin/${idOf(item)}/${propertyName}`);
  }
}

function nothingText({ options }: Invocation, kind: string): string {
  const where = options.has("all-namespaces") ? "" : ` in the namespace "${options.get("namespace") ?? "default"}"`;
  const what = kind === "model" ? "models" : "devices";
  const next = where === "" ? `"edgetwin apply -f FILE" adds some` : "--all-namespaces looks everywhere";
  return `there are no ${what}${where}; ${next}`;
}

function deviceTable(items: readonly DeviceJson[], wide: boolean, invocation: Invocation): string[] {
  const { clock } = invocation;
  const rows = items.map((item) => {
    const { mapper, state, reason, node } = item.status;
    const model = (item.spec as { deviceModelRef?: { name?: string } }).deviceModelRef?.name;
    return [
      ...nameCells(item, invocation),
      cell(model),
      cell(mapper.name),
      stateText(mapper.state, invocation),
      verifiedText(item, invocation),
      ageOf(item.metadata.creationTimestamp, clock.now()),
      ...(wide ? [state, node, item.metadata.uid, cell(mapper.reason ?? reason)] : []),
    ];
  });
  const headings = ["NAME", "MODEL", "MAPPER", "STATE", "DESIRED", "AGE"];
  return table(
    [...namespaceHeading(invocation), ...headings, ...(wide ? ["HEALTH", "NODE", "UID", "REASON"] : [])],
    rows,
  );
}

function modelTable(items: readonly Item[], invocation: Invocation): string[] {
  const rows = items.map((item) => {
    const { protocol, properties = [] } = item.spec as { protocol?: string; properties?: { name: string }[] };
    return [
      ...nameCells(item, invocation),
      cell(protocol),
      properties.map(({ name }) => name).join(","),
      ageOf(item.metadata.creationTimestamp, invocation.clock.now()),
    ];
  });
  return table([...namespaceHeading(invocation), "NAME", "PROTOCOL", "PROPERTIES", "AGE"], rows);
}

function twinTable(items: readonly DeviceJson[], wide: boolean, invocation: Invocation): string[] {
  const { output } = invocation;
  const rows = items.flatMap((item) =>
    twinsOf(item).map((twin) => [
      ...nameCells(item, invocation),
      twin.propertyName,
      cell(twin.desired?.value),
      cell(twin.reported?.value),
      cell(twin.unit),
      phaseText(twin.phase, output),
      qualityText(twin.reported?.quality, output),
      twin.reported ? age(twin.reported.ageMs) : "-",
      ...(wide ? wideTwin(twin) : []),
    ]),
  );
  const headings = ["DEVICE", "PROPERTY", "DESIRED", "REPORTED", "UNIT", "PHASE", "QUALITY", "AGE"];
  const more = ["TYPE", "ACCESS", "VERSION", "APPLIED", "BY", "REASON"];
  return table([...namespaceHeading(invocation), ...headings, ...(wide ? more : [])], rows);
}

const wideTwin = ({ type, access, version, appliedVersion, desired, reason, reported }: TwinJson): string[] => [
  type,
  access,
  String(version),
  String(appliedVersion),
  desired ? byText(desired.by) : "-",
  cell(reason ?? reported?.reason),
];

const twinsOf = (item: Item): readonly TwinJson[] => ("status" in item ? item.status.twins : []);

const idOf = ({ metadata }: Item): string => `${metadata.namespace}/${metadata.name}`;

const namespaceHeading = ({ options }: Invocation): string[] => (options.has("all-namespaces") ? ["NAMESPACE"] : []);

const nameCells = ({ metadata }: Item, { options }: Invocation): string[] =>
  options.has("all-namespaces") ? [metadata.namespace, metadata.name] : [metadata.name];

function stateText(state: string, { output }: Invocation): string {
  const colour = state === "online" ? "green" : state === "refused" ? "red" : "yellow";
  return output.paint(colour, state);
}

/** How many desired values the device has: `3/3`. */
function verifiedText({ status }: DeviceJson, { output }: Invocation): string {
  const wanted = status.twins.filter(({ desired }) => desired);
  if (wanted.length === 0) return "-";
  const done = wanted.filter(({ phase }) => phase === "verified").length;
  return output.paint(done === wanted.length ? "green" : "yellow", `${done}/${wanted.length}`);
}

const ageOf = (time: string, now: number): string => age(now - Date.parse(time));
