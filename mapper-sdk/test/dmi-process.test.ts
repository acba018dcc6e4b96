import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Mapper, Scope } from "@edgetwin/mapper-sdk";
import { attachHost } from "@edgetwin/mapper-sdk/dmi";
import { ManualClock, SimBoard } from "@edgetwin/mapper-sdk/testing";
import { type deskLamp, deskLampFixture } from "./fixtures/desk-lamp.ts";

const entry = fileURLToPath(new URL("./fixtures/lamp-process.js", import.meta.url));

/** A mapper process, and its log lines as they come. */
async function started(...args: string[]) {
  const scope = new Scope();
  const folder = scope.adopt(await mkdtemp(join(tmpdir(), "dmi-")), (path) => rm(path, { recursive: true }));
  const socket = join(folder, "lamp.sock");
  const child = spawn(process.execPath, [entry, "--socket", socket, "--board", "sim", ...args], { stdio: "pipe" });
  scope.defer(() => child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stderr })[Symbol.asyncIterator]();
  const until = async (event: string) => {
    for (let line = await lines.next(); !line.done; line = await lines.next()) {
      const found = JSON.parse(line.value) as Record<string, unknown>;
      if (found.event === event) return found;
    }
    return assert.fail(`the process ended without ${event}`);
  };
  return { socket, child, until, exit: exitOf(child), [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose]() };
}

const exitOf = async (child: ChildProcess): Promise<unknown> => {
  const [code, signal] = await once(child, "exit");
  return code ?? signal;
};

async function attached(socket: string) {
  const host = await attachHost(socket);
  assert.ok(host);
  return host;
}

const here = () => ({ board: new SimBoard(), clock: new ManualClock() });

test("a process of one line serves its mapper, and ends cleanly when it is told to", async () => {
  await using run = await started();
  await run.until("dmi.serving");
  const host = await attached(run.socket);
  assert.equal(host.name, "edgetwin-gpio");
  assert.equal(host.pid, run.child.pid);
  const [lamp] = host.parts as readonly [Mapper<typeof deskLamp>];
  const device = await lamp.open(deskLampFixture.config, here());
  await device.write("power", true);
  assert.equal(await device.read("power"), true);
  run.child.kill("SIGTERM");
  assert.equal((await run.until("dmi.stopping")).because, "SIGTERM");
  assert.equal(await run.exit, 0);
  assert.match(await host.closed, /^the mapper process edgetwin-gpio has (stopped|ended)$/);
  await assert.rejects(device.read("power"), { code: "DEVICE_IO" });
});

test("kill -9 is noticed at once by whoever is attached, and the next process takes over the socket", async () => {
  await using first = await started();
  await first.until("dmi.serving");
  const host = await attached(first.socket);
  const [lamp] = host.parts as readonly [Mapper<typeof deskLamp>];
  const device = await lamp.open(deskLampFixture.config, here());
  first.child.kill("SIGKILL");
  assert.equal(await host.closed, "the mapper process edgetwin-gpio has ended");
  await assert.rejects(device.write("power", true), { code: "DEVICE_IO", message: /has ended/ });
  await using second = await started("--socket", first.socket);
  await second.until("dmi.serving");
  const again = await attached(first.socket);
  assert.equal(again.pid, second.child.pid);
  again[Symbol.dispose]();
});

test("a wrong option ends the process with what is wrong", async () => {
  const cases: [string[], RegExp][] = [
    [["--sockt", "/x"], /--sockt is no option of a mapper process; did you mean "?socket/],
    [["--log", "loud"], /--log is one of debug, info, warn, error, got loud/],
    [["--board", "@edgetwin/no-such-board"], /the board @edgetwin\/no-such-board does not load/],
    [["--socket", "relative"], /begins with a slash/],
  ];
  for (const [args, said] of cases) {
    await using run = await started(...args);
    const line = await run.until("dmi.not-started");
    assert.match(String(line.error), said);
    assert.equal(await run.exit, 1);
  }
});
