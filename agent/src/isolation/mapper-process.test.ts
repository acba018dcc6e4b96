import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "@edgetwin/mapper-sdk";
import { ManualClock, settle } from "@edgetwin/mapper-sdk/testing";
import type { Exit, StartChild } from "./child-process.ts";
import { defaultRestarts, MapperProcess } from "./mapper-process.ts";
import { cannotStart } from "./why-exited.ts";

const mebibyte = 2 ** 20;

/** A supervised process that a test plays. */
function start({ obeys = true } = {}) {
  const clock = new ManualClock();
  const children: { write(line: string): void; exit(exit: Partial<Exit>): void; rssBytes: number; kills: string[] }[] =
    [];
  const startChild: StartChild = (_command, onLine) => {
    let end = (_: Exit) => {};
    const exited = new Promise<Exit>((resolve) => {
      end = resolve;
    });
    const child = {
      write: (line: string) => onLine(line, "stderr"),
      exit: (exit: Partial<Exit>) => end({ code: null, signal: null, ...exit }),
      rssBytes: 60 * mebibyte,
      kills: [] as string[],
    };
    children.push(child);
    return {
      pid: 100 + children.length,
      exited,
      kill(signal) {
        child.kills.push(signal);
        if (obeys || signal === "SIGKILL") end({ code: null, signal });
      },
      usage: () => ({ rssBytes: child.rssBytes, cpuSeconds: 1 }),
    };
  };
  const states: string[] = [];
  const logged: string[] = [];
  const note = (event: string, fields?: object) => void logged.push(`${event} ${JSON.stringify(fields)}`);
  const process = new MapperProcess({
    name: "pump",
    command: { file: "node", args: [], env: {} },
    memoryBytes: 96 * mebibyte,
    start: startChild,
    restarts: defaultRestarts,
    clock,
    random: () => 1,
    log: silentLog,
    processLog: { debug: note, info: note, warn: note, error: note },
    onState: (state) => void states.push("reason" in state ? `${state.name}: ${state.reason}` : state.name),
  });
  process.start();
  const child = () => children.at(-1) as (typeof children)[number];
  const exit = async (how: Partial<Exit>) => {
    child().exit(how);
    await settle();
  };
  return { clock, children, child, exit, process, states, logged };
}

test("a process that is killed is started again, later and later, at once again after it ran for a minute", async () => {
  const { clock, children, exit, process, states } = start();
  process.registered();
  for (const waitMs of [200, 400, 800]) {
    await exit({ signal: "SIGKILL" });
    await clock.advance(waitMs - 1);
    const before = children.length;
    await clock.advance(1);
    assert.equal(children.length, before + 1, `after ${waitMs} ms`);
    process.registered();
  }
  await clock.advance(60_000);
  await exit({ signal: "SIGKILL" });
  await clock.advance(200);
  assert.equal(children.length, 5);
  assert.equal(process.restarts, 4);
  assert.equal(states[1], "waiting: it was ended by SIGKILL");
});

test("a process that takes more than its memory is asked to end, told why, and started again", async () => {
  const { clock, children, child, process, states } = start();
  process.registered();
  child().rssBytes = 120 * mebibyte;
  await clock.advance(2_000);
  assert.deepEqual(child().kills, [], "a peak passes");
  await clock.advance(2_000);
  assert.deepEqual(children[0]?.kills, ["SIGTERM"]);
  assert.equal(states.at(-1), "waiting: it took 120 MiB, more than its memory of 96 MiB");
});

test("one that does not end when it is asked to is killed", async () => {
  const { clock, child, process } = start({ obeys: false });
  process.registered();
  const stopped = process[Symbol.asyncDispose]();
  assert.deepEqual(child().kills, ["SIGTERM"]);
  await clock.advance(5_000);
  await stopped;
  assert.deepEqual(child().kills, ["SIGTERM", "SIGKILL"]);
  assert.equal(process.state.name, "stopped");
  assert.equal(clock.timers, 0);
});

test("one that hangs at import is ended and started again", async () => {
  const { clock, children, states } = start();
  await clock.advance(20_000);
  assert.equal(states.at(-1), "waiting: it has not registered within 20 s");
  await clock.advance(200);
  assert.equal(children.length, 2);
});

for (const [how, lines, reason] of [
  [
    { code: 1 },
    ["    at x.js:1", "TypeError: pump is not a function", "    at y"],
    /^it ended with code 1: TypeError: pump/,
  ],
  [{ code: cannotStart }, ['{"level":"error","event":"x","reason":"it is not installed"}'], /^it is not installed$/],
  [{ signal: "SIGABRT" }, ["FATAL ERROR: JavaScript heap out of memory"], /^it ran out of its memory of 96 MiB$/],
  [{ message: "spawn ENOENT" }, [], /^it cannot be started: spawn ENOENT$/],
  [{ code: 0 }, ["bye"], /^it ended with code 0$/],
] as const) {
  test(`why it ended is told: ${reason.source}`, async () => {
    const { child, exit, states } = start();
    for (const line of lines) child().write(line);
    await exit(how);
    assert.match(states.at(-1)?.replace("waiting: ", "") ?? "", reason);
  });
}

test("what it logs is passed on as it is, what it prints as text, and a flood is cut", async () => {
  const { clock, child, logged } = start();
  child().write('{"time":"t","level":"warn","event":"no answer","unit":7}');
  child().write("plain { text");
  assert.deepEqual(logged, [
    'no answer {"mapper":"pump","unit":7}',
    'mapper output {"mapper":"pump","line":"plain { text"}',
  ]);
  for (let line = 0; line < 10_000; line++) child().write(`line ${line}`);
  assert.ok(logged.length <= 200, String(logged.length));
  await clock.advance(10_000);
  child().write("after");
  assert.ok(logged.some((line) => /^mapper writes too much; lines were dropped .*"dropped":9802/.test(line)));
});
