import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import { createLog } from "@edgetwin/program";
import { sockaddr } from "./notify-socket.ts";
import { openService } from "./service.ts";

function bench(env: Record<string, string>, failing = { send: false, open: false }) {
  const sent: string[] = [];
  const lines: string[] = [];
  const clock = new ManualClock();
  const log = createLog({
    ...{ level: "info", format: "json", clock, journald: false },
    write: (line) => void lines.push(line),
  });
  const service = openService({
    ...{ env, pid: 7, log, monotonicNs: () => 5_000_999n },
    open: (address) => {
      if (failing.open) return Promise.reject(new Error(`no ${address}`));
      const send = (text: string) => {
        if (failing.send) throw new Error("ECONNREFUSED");
        sent.push(text);
      };
      return Promise.resolve({ send, [Symbol.dispose]() {} });
    },
  });
  return { service, sent, lines, failing, clock };
}

describe("the service", () => {
  test("says what systemd understands, each state in one datagram", async () => {
    const { service, sent } = bench({ NOTIFY_SOCKET: "/run/systemd/notify" });
    const { ready, reloading, stopping, alive } = await service;
    ready("node pi");
    alive();
    reloading();
    stopping();
    assert.deepEqual(sent, [
      "READY=1\nSTATUS=node pi",
      "WATCHDOG=1",
      "RELOADING=1\nMONOTONIC_USEC=5000",
      "STOPPING=1\nSTATUS=driving fail-safe values",
    ]);
  });

  test("says nothing where nobody asked, and fails nothing", async () => {
    const { service, sent, lines } = bench({ WATCHDOG_USEC: "30000000" });
    const { ready, watchdogMs } = await service;
    ready("node pi");
    assert.deepEqual([watchdogMs, sent, lines], [undefined, [], []]);
  });

  test("is watched by the time and for the process that the environment names", async () => {
    const watched = async (env: Record<string, string>) =>
      (await bench({ NOTIFY_SOCKET: "@n", ...env }).service).watchdogMs;
    assert.equal(await watched({ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "7" }), 30_000);
    assert.equal(await watched({ WATCHDOG_USEC: "30000000" }), 30_000);
    assert.equal(await watched({ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "8" }), undefined);
    for (const WATCHDOG_USEC of ["", "0", "-1", "soon"]) assert.equal(await watched({ WATCHDOG_USEC }), undefined);
  });

  test("goes on without a listener that went away, logs that once, and again when it went away a second time", async () => {
    const { service, sent, lines, failing, clock } = bench({ NOTIFY_SOCKET: "/gone" }, { send: true, open: false });
    const { alive } = await service;
    alive();
    alive();
    assert.equal(lines.length, 1);
    failing.send = false;
    alive();
    failing.send = true;
    await clock.advance(120_000); // the log itself leaves out what repeats within a minute
    alive();
    assert.deepEqual([sent, lines.length], [["WATCHDOG=1"], 2]);
  });

  test("goes on where the socket cannot be opened, unwatched", async () => {
    const { service, lines } = bench({ NOTIFY_SOCKET: "/x", WATCHDOG_USEC: "1000" }, { send: false, open: true });
    assert.equal((await service).watchdogMs, undefined);
    assert.match(lines.join(""), /cannot be told/);
  });
});

describe("an address of the notify socket", () => {
  test("is a path with its zero, or an abstract name without one", () => {
    assert.deepEqual([...sockaddr("/n")], [1, 0, 0x2f, 0x6e, 0]);
    assert.deepEqual([...sockaddr("@n")], [1, 0, 0, 0x6e]);
  });

  test("is refused when it is neither, or does not fit", () => {
    assert.throws(() => sockaddr("vsock:2:1"), /vsock:2:1.*expected a path/);
    assert.throws(() => sockaddr(`/${"n".repeat(107)}`), /longer than 107/);
    assert.equal(sockaddr(`/${"n".repeat(106)}`).length, 110);
  });
});
