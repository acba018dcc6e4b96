import { printStructured } from "@edgetwin/program/command-line";
import type { CloudJson } from "../api/routes/cloud.ts";
import type { Invocation } from "./command.ts";

/** `edgetwin get cloud`: whether this node is connected, and what keeps it from it. */
export async function getCloud(invocation: Invocation): Promise<undefined> {
  const { options, output } = invocation;
  const cloud = await invocation.connect().request<CloudJson>("/api/v1/cloud");
  const format = options.get("output") ?? "table";
  if (format === "json" || format === "yaml") return await printStructured(output, format, cloud);
  const { state, node, server, peer, reason, certificateExpiresAt } = cloud;
  if (format === "name") {
    if (server !== undefined) output.line(`cloud/${server}`);
    return;
  }
  if (state === "none") {
    output.note('this node has joined no cloud; see "edgetwin help join"');
    return;
  }
  const colour = state === "online" ? "green" : state === "stopped" ? "red" : "yellow";
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["State", `${output.paint(colour, state)} since ${cloud.since}`],
    ["Reason", reason],
    ["Server", server && peer ? `${server} (${peer})` : server],
    ["Node", node],
    ["Certificate", certificateExpiresAt && `until ${certificateExpiresAt}`],
    ["Reports", `${cloud.reportsConfirmed} confirmed, ${cloud.devicesWaiting} devices waiting`],
    ["Refused", cloud.refusedObjects > 0 ? `${cloud.refusedObjects} objects; the log says why` : undefined],
  ];
  for (const [name, value] of rows) if (value !== undefined) output.line(`${`${name}:`.padEnd(13)}${value}`);
}
