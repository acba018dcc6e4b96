import assert from "node:assert/strict";
import { test } from "node:test";
import { Scope } from "@edgetwin/mapper-sdk";
import { createApi } from "../../src/api/api.ts";
import { lightId } from "../api/support/manifests.ts";
import { type CommandBench, commandBench, type RunOptions } from "./support/test-command.ts";

/** A watch that runs until the test has seen enough. */
function watching(bench: CommandBench, line: string, options: RunOptions = {}) {
  const stop = new AbortController();
  let seen = { out: "", err: "" };
  let look = () => {};
  const onOutput = (ran: typeof seen) => {
    seen = ran;
    look();
  };
  const ended = bench.run(line, { ...options, signal: stop.signal, onOutput });
  return {
    ended,
    stop: () => stop.abort(),
    /** Resolves when the output fits; rejects when the command ended before. */
    until: (pattern: RegExp) =>
      Promise.race([
        new Promise<void>((resolve) => {
          look = () => pattern.test(seen.out + seen.err) && resolve();
          look();
        }),
        ended.then(({ out, err }) => assert.match(out + err, pattern)),
      ]),
  };
}

test("watch prints who desired what, how far it got and what the device reports, and ends quietly on SIGINT", async () => {
  await using bench = await commandBench();
  const watch = watching(bench, "watch");
  await watch.until(/device online/);
  await bench.run("set traffic-light-instance-01 red=ON");
  await bench.api.core.progress("red", "applying");
  await bench.api.core.progress("red", "verified");
  await bench.api.core.report("power", 4.5);
  await watch.until(/power {2}reported 4\.5 W/);
  watch.stop();
  const { code, out, err } = await watch.ended;

  assert.deepEqual([code, err], [0, ""]);
  const told = out.split("\n").map((line) => line.replace(/^\S+ +/, ""));
  assert.deepEqual(told.slice(1), [
    `${lightId} red  desired "ON" (version 1) by ${told[1]?.split(" by ")[1]}`,
    `${lightId} red  applying`,
    `${lightId} red  verified`,
    `${lightId} power  reported 4.5 W`,
    "",
  ]);
});

test("watch -o json prints one event as JSON in every line", async () => {
  await using bench = await commandBench();
  const watch = watching(bench, "watch traffic-light-instance-01 -o json");
  await watch.until(/synced/);
  await bench.api.core.report("power", 1);
  await watch.until(/"event":"twin"/);
  watch.stop();
  const events = (await watch.ended).out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    events.map(({ event }) => event),
    ["resync", "device", "synced", "twin"],
  );
  assert.equal(events[3].data.properties[0].reported.value, 1);
});

test("watch survives a restart of the agent and then tells only what changed meanwhile", async () => {
  await using scope = new Scope();
  const bench = scope.use(await commandBench());
  const { core, address } = bench.api;
  const watch = watching(bench, "watch traffic-light-instance-01");
  await watch.until(/device online/);
  await core.report("power", 1);
  await watch.until(/reported 1 W/);

  await bench.api.stop();
  await watch.until(/the agent went away/);
  await core.report("power", 2);
  const restarted = scope.use(createApi({ core, version: "2" }));
  await restarted.listenUnix(address.socketPath);
  await core.clock.advance(250);
  await watch.until(/reported 2 W/);
  watch.stop();
  const { out } = await watch.ended;
  assert.equal(out.match(/reported/g)?.length, 2);
  assert.equal(out.match(/device online/g)?.length, 1);
});

test("watch of an unknown device ends at once with a suggestion", async () => {
  await using bench = await commandBench();
  const { code, err } = await bench.run("watch traffic-light-instance-1");
  assert.equal(code, 4);
  assert.match(err, /did you mean "default\/traffic-light-instance-01"/);
});
