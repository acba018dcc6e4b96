import { didYouMean } from "@edgetwin/mapper-sdk";
import { printStructured, table } from "@edgetwin/program/command-line";
import { AgentError } from "../../errors.ts";
import type { MapperStatus } from "../../mappers/mapper-status.ts";
import type { Invocation } from "../command.ts";
import { cell } from "../twin-text.ts";

/** `edgetwin get mappers`: who drives the devices, where it runs and how it is. */
export async function getMappers(invocation: Invocation, name: string | undefined): Promise<undefined> {
  const { options, output } = invocation;
  const { items } = await invocation.connect().request<{ items: readonly MapperStatus[] }>("/api/v1/mappers");
  const shown = name === undefined ? items : items.filter((mapper) => mapper.name === name);
  if (name !== undefined && shown.length === 0) {
    const known = items.map((mapper) => mapper.name);
    throw new AgentError("NOT_FOUND", `there is no mapper ${name}${didYouMean(name, known)}`);
  }
  const format = options.get("output") ?? "table";
  if (format === "json" || format === "yaml") {
    const list = { apiVersion: "v1", kind: "List", items: shown };
    return await printStructured(output, format, name === undefined ? list : shown[0]);
  }
  if (format === "name") {
    for (const mapper of shown) output.line(`mapper/${mapper.name}`);
    return;
  }
  if (shown.length === 0) {
    output.note('there are no mappers; name some in "mappers" of the configuration');
    return;
  }
  const wide = format === "wide";
  const headings = ["NAME", "RUNS", "STATE", "SERVES", "DEVICES", "RESTARTS", "MEMORY", "REASON"];
  const rows = shown.map((mapper) => [...row(mapper, invocation), ...(wide ? wideRow(mapper) : [])]);
  const more = wide ? ["PID", "SPEAKS", "VERSION", "CALLS", "FAILED", "REPORTS", "REFUSED", "ADDRESS"] : [];
  for (const line of table([...headings, ...more], rows)) output.line(line);
  return;
}

function row({ name, home, state, serves, devices, process, reason }: MapperStatus, { output }: Invocation): string[] {
  const colour = state === "serving" ? "green" : state === "failed" ? "red" : "yellow";
  const rss = process?.rssBytes;
  return [
    name,
    home,
    output.paint(colour, state),
    serves.length === 0
      ? "-"
      : serves.map(({ protocol, model }) => (model === undefined ? protocol : `${protocol}/${model}`)).join(","),
    String(devices),
    cell(process?.restarts),
    rss === undefined ? "-" : `${Math.round(rss / 2 ** 20)}Mi`,
    cell(reason),
  ];
}

const wideRow = ({ process, link }: MapperStatus): string[] => [
  cell(process?.pid),
  cell(link?.speaks),
  cell(link?.version),
  cell(link?.calls),
  cell(link?.failedCalls),
  cell(link?.reports),
  cell(link?.refusedReports),
  cell(link?.address),
];
