import assert from "node:assert/strict";
import { test } from "node:test";
import { Scope, silentLog } from "@edgetwin/mapper-sdk";
import { ManualClock, SimBoard } from "@edgetwin/mapper-sdk/testing";
import { parseManifests } from "@edgetwin/models";
import { schemas } from "../../src/api/openapi/schemas.ts";
import { Discovery } from "../../src/discovery/discovery.ts";
import { BusQueues } from "../../src/runner/bus-queues.ts";
import { EventReader } from "../api/support/events.ts";
import { violations } from "../api/support/json-schema.ts";
import { testApi } from "../api/support/test-api.ts";
import { fixedCatalogue } from "../support/fixed-catalogue.ts";
import { lineFinder } from "../support/line-finder.ts";
import { runLine } from "./support/test-command.ts";

/** An agent in memory whose board has one line that is taken. */
async function bench() {
  await using scope = new Scope();
  const board = new SimBoard();
  scope.use(await board.gpio.output(27, { consumer: "default/lamp power" }));
  const clock = new ManualClock();
  const queues = new BusQueues(clock);
  const discovery = new Discovery({ catalogue: fixedCatalogue(lineFinder), board, queues, clock, log: silentLog });
  const api = scope.use(await testApi({ discovery }));
  const owned = scope.move();
  const run = (line: string) =>
    runLine(line, { clock: api.core.clock, env: { EDGETWIN_SOCKET: api.address.socketPath } });
  return { api, run, [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose]() };
}

test("discover lists what can be looked for, then what there is", async () => {
  await using agent = await bench();
  const offers = await agent.run("discover");
  assert.match(offers.out, /^lines \[pins=VALUE\] \[as=VALUE\]\n {2}Lists the lines/);
  const { code, out, err } = await agent.run("discover lines");
  assert.deepEqual([code, err], [0, ""]);
  assert.match(out, /^NAME +DESCRIPTION +SURE +DEVICE +FACTS$/m);
  assert.match(out, /^GPIO27 +GPIO27 is held by default\/lamp power +100% +- +state=used$/m);
  assert.match(out, /^GPIO4 +GPIO4 is free +100% +- +state=free$/m);
});

test("what it prints as YAML can be applied, and is known from then on", async () => {
  await using agent = await bench();
  const { out, err } = await agent.run("discover lines pins=GPIO17,GPIO27,4 as=switch -o yaml");
  assert.equal(err, "");
  const { resources, warnings } = await parseManifests(out, {});
  assert.deepEqual(
    [resources.map(({ kind, metadata }) => `${kind} ${metadata.name}`), warnings],
    [["DeviceModel switch", "Device gpio4", "Device gpio17"], []],
  );
  assert.match(out, /^# GPIO17 is free; 100% sure$/m);
  await agent.api.core.registry.apply(out, { origin: { door: "manifest", actor: "test" } });
  const again = await agent.run("discover lines pins=GPIO17 as=switch");
  assert.match(again.out, /^GPIO17 .* default\/gpio17 \(known\)/m);
  const nothing = await agent.run("discover lines pins=GPIO17 as=switch -o yaml");
  assert.deepEqual([nothing.out, nothing.err], ["", "everything that was found is a device already\n"]);
});

test("mistakes are told with what to do", async () => {
  await using agent = await bench();
  const cases: readonly [string, number, RegExp][] = [
    ["liens", 4, /no mapper looks for liens devices; did you mean "lines"/],
    ["lines pin=17", 2, /options\.pin: .*did you mean "pins"/],
    ["lines pins", 2, /"pins" is not NAME=VALUE/],
    ["lines as=swtch", 2, /did you mean "switch"/],
    ["lines --for soon", 2, /--for "soon" is no duration/],
    ["lines --for 1h", 2, /"for" must be a duration up to 10min/],
    ["lines pins=GPIO99", 12, /no pin "GPIO99"/],
  ];
  for (const [words, exitCode, message] of cases) {
    const { code, err } = await agent.run(`discover ${words}`);
    assert.match(err, message);
    assert.equal(code, exitCode, words);
  }
});

test("protocols and their options are completed", async () => {
  await using agent = await bench();
  assert.equal((await agent.run("__complete discover li")).out, "lines\n");
  assert.equal((await agent.run("__complete discover lines p")).out, "pins=\n");
});

test("findings come as events that fit the document", async () => {
  await using agent = await bench();
  const body = { protocol: "lines", options: { pins: "17" } };
  const reader = new EventReader(await agent.api.open("/api/v1/discover", { method: "POST", body }));
  const found = await reader.until("found");
  assert.deepEqual(violations(found.data, schemas.FoundEvent ?? {}, schemas), []);
  const done = await reader.until("done");
  assert.deepEqual(done.data, { reason: "complete", found: 1 });
  assert.deepEqual(violations(done.data, schemas.DiscoverEndEvent ?? {}, schemas), []);
  assert.equal(await reader.next(), undefined);
  const offers = await agent.api.ask("/api/v1/discover");
  assert.deepEqual(violations(offers.body, schemas.OfferList ?? {}, schemas), []);
});

test("a mapper that finds nonsense fails its own look only", async () => {
  await using agent = await bench();
  const { code, err } = await agent.run("discover lines pins=GPIO4 as=nonsense");
  assert.equal(code, 12);
  assert.match(err, /^error: /);
  assert.equal((await agent.run("discover lines pins=GPIO4")).code, 0);
});
