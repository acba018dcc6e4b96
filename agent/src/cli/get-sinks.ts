import { printStructured, table } from "@edgetwin/program/command-line";
import type { SinkJson } from "../api/routes/sinks.ts";
import type { Invocation } from "./command.ts";
import { age } from "./human-time.ts";
import { cell } from "./twin-text.ts";

/** `edgetwin get sinks`: where reported values go, and what waits there. */
export async function getSinks(invocation: Invocation): Promise<undefined> {
  const { options, output } = invocation;
  const { items } = await invocation.connect().request<{ items: readonly SinkJson[] }>("/api/v1/sinks");
  const format = options.get("output") ?? "table";
  if (format === "json" || format === "yaml") return await printStructured(output, format, { items });
  if (format === "name") {
    for (const { sink, address } of items) output.line(`sink/${sink}/${address}`);
    return;
  }
  if (items.length === 0) {
    output.note('no device pushes its values anywhere; see "pushMethod" in docs/reference/sinks.md');
    return;
  }
  for (const line of sinkTable(items, format === "wide", invocation)) output.line(line);
}

function sinkTable(items: readonly SinkJson[], wide: boolean, invocation: Invocation): string[] {
  const rows = items.map((item) => [
    item.sink,
    item.address,
    stateText(item.state, invocation),
    String(item.queued),
    item.oldestAgeMs === undefined ? "-" : age(item.oldestAgeMs),
    String(item.sent),
    String(item.dropped + item.refusedValues),
    ...(wide ? [item.devices.join(",") || "-", String(item.failures)] : []),
    cell(item.reason),
  ]);
  const headings = ["SINK", "ADDRESS", "STATE", "QUEUED", "OLDEST", "SENT", "LOST"];
  return table([...headings, ...(wide ? ["DEVICES", "FAILURES"] : []), "REASON"], rows);
}

function stateText(state: string, { output }: Invocation): string {
  const colour = state === "waiting" ? "yellow" : state === "refused" ? "red" : "green";
  return output.paint(colour, state);
}
