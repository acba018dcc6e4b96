import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "@edgetwin/mapper-sdk";
import { ManualClock, settle } from "@edgetwin/mapper-sdk/testing";
import { MapperCatalogue } from "./catalogue.ts";
import { loadMappers, loadMs } from "./load-mappers.ts";

/** Packages as their source. */
const packages: Readonly<Record<string, string>> = {
  lamp: 'export const lamp = { kind: "mapper", protocol: "lamp", model: { name: "l" }, open() {} }; export const version = 1;',
  wire: 'export const wire = { kind: "protocol", protocol: "wire", serve() {} }; export { wire as again };',
  broken: 'throw new Error("the add-on was built for another Node.js")',
  empty: "export const nothing = null;",
  half: 'export const half = { kind: "mapper", protocol: "half" };',
};

const resolve = (name: string) => `data:text/javascript,${encodeURIComponent(packages[name] ?? name)}`;

/** Loads packages and says what came of each. */
async function load(names: readonly string[]) {
  const events: string[] = [];
  const log = { ...silentLog, error: (event: string) => void events.push(event) };
  const catalogue = new MapperCatalogue(log);
  const clock = new ManualClock();
  const loading = loadMappers(
    names.map((name) => ({ name, package: name })),
    { catalogue, resolve, clock, log },
  );
  const states = () => catalogue.sources().map(({ name, state, reason }) => [name, state, ...(reason ? [reason] : [])]);
  return { catalogue, clock, loading, states, events };
}

test("mappers and protocols are collected from all packages, in the order of the configuration, each once", async () => {
  const { catalogue, loading } = await load(["wire", "lamp"]);
  await loading;
  assert.deepEqual(
    catalogue.sources().flatMap(({ parts }) => parts.map(({ protocol }) => protocol)),
    ["wire", "lamp"],
  );
});

test("a package that throws at import costs only itself, and its reason is kept", async () => {
  const { loading, states, events } = await load(["broken", "lamp"]);
  await loading;
  assert.deepEqual(states(), [
    ["broken", "failed", "it failed while it was loaded: the add-on was built for another Node.js"],
    ["lamp", "serving"],
  ]);
  assert.deepEqual(events, ["mapper package does not load"]);
});

for (const name of ["empty", "half"]) {
  test(`a package that exports neither mapper nor protocol says so: ${name}`, async () => {
    const { loading, states } = await load([name]);
    await loading;
    assert.match(String(states()[0]?.[2]), /neither a mapper \(defineMapper\) nor a protocol/);
  });
}

test("a package that hangs at import holds nobody up, and is used when it comes after all", async () => {
  const { promise, resolve: come } = deferred();
  (globalThis as Record<string, unknown>).edgetwinTestGate = promise;
  const slow = `await globalThis.edgetwinTestGate; ${packages.wire}`;
  const { clock, loading, states, events } = await load([slow, "lamp"]);
  for (let turns = 0; turns < 100 && states()[1]?.[1] !== "serving"; turns++) await settle();
  assert.deepEqual(states()[1], ["lamp", "serving"]);
  assert.equal(states()[0]?.[1], "starting");
  await clock.advance(loadMs);
  await loading;
  assert.equal(states()[0]?.[1], "failed");
  assert.match(
    String(states()[0]?.[2]),
    /^it has been loading for more than 5 s; it is used as soon as it has loaded$/,
  );
  assert.deepEqual(events, ["mapper package does not load"]);
  come(undefined);
  for (let turns = 0; turns < 100 && states()[0]?.[1] !== "serving"; turns++) await settle();
  assert.equal(states()[0]?.[1], "serving");
});

function deferred() {
  let resolve = (_: unknown) => {};
  const promise = new Promise<unknown>((settled) => {
    resolve = settled;
  });
  return { promise, resolve };
}
