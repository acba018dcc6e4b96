import { printStructured, table } from "@edgetwin/program/command-line";
import { BridgeError } from "../../errors.ts";
import type { Run } from "../command.ts";
import { nodeRows } from "../node-rows.ts";

/** `edgetwin-bridge nodes [NODE]`. */
export const run: Run = async ({ positionals: [name], options, output, connect }) => {
  using client = await connect();
  const all = await nodeRows(client);
  const rows = all.filter((row) => name === undefined || row.name === name);
  if (name !== undefined && rows.length === 0) {
    const message = `there is no node ${name}, and no device names it; "edgetwin-bridge nodes" lists them`;
    throw new BridgeError("KUBERNETES", message, { status: 404, reason: "NotFound" });
  }
  const format = options.get("output") ?? "table";
  if (format !== "table") return await printStructured(output, format as "json" | "yaml", name ? rows[0] : rows);
  if (rows.length === 0) {
    output.note("no node yet; to let one join: edgetwin-bridge token create");
    return 0;
  }
  const cells = rows.map(({ name: node, state, devices, version = "", addresses, since = "" }) => [
    node,
    output.paint(state === "Ready" ? "green" : "red", state),
    String(devices),
    version,
    addresses.join(","),
    since,
  ]);
  for (const line of table(["NODE", "STATE", "DEVICES", "VERSION", "ADDRESSES", "SINCE"], cells)) output.line(line);
  return 0;
};
