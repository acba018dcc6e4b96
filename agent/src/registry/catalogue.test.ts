import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "@edgetwin/mapper-sdk";
import { loadCatalogue, resolverFrom } from "./catalogue.ts";

/** Packages as their source. */
const packages: Readonly<Record<string, string>> = {
  lamp: 'export const lamp = { kind: "mapper", protocol: "lamp" }; export const version = 1;',
  wire: 'export const wire = { kind: "protocol", protocol: "wire" };',
  broken: 'throw new Error("the add-on was built for another Node.js")',
  empty: "export const nothing = null;",
};

const resolve = (name: string) => `data:text/javascript,${encodeURIComponent(packages[name] ?? "")}`;

test("mappers and protocols are collected from all packages", async () => {
  const { mappers, protocols, failures } = await loadCatalogue(["lamp", "wire"], resolve, silentLog);
  assert.deepEqual(
    [...mappers, ...protocols].map(({ protocol }) => protocol),
    ["lamp", "wire"],
  );
  assert.deepEqual(failures, []);
});

test("a package that throws at import costs only itself, and its reason is kept", async () => {
  const events: string[] = [];
  const log = { ...silentLog, error: (event: string) => void events.push(event) };
  const { mappers, failures } = await loadCatalogue(["broken", "lamp"], resolve, log);
  assert.equal(mappers.length, 1);
  assert.deepEqual(failures, [
    { name: "broken", reason: "it failed while it was loaded: the add-on was built for another Node.js" },
  ]);
  assert.deepEqual(events, ["mapper package does not load"]);
});

test("a package that exports neither mapper nor protocol says so", async () => {
  const { failures } = await loadCatalogue(["empty"], resolve, silentLog);
  assert.match(failures[0]?.reason ?? "", /neither a mapper \(defineMapper\) nor a protocol/);
});

test("paths are resolved from the directory of the configuration, packages from there or from the agent", () => {
  const resolveFrom = resolverFrom("/etc/edgetwin");
  assert.equal(resolveFrom("./mappers/pump.js"), "file:///etc/edgetwin/mappers/pump.js");
  assert.equal(resolveFrom("/opt/pump.js"), "file:///opt/pump.js");
  assert.match(resolveFrom("@edgetwin/models"), /^file:.*models/);
});
