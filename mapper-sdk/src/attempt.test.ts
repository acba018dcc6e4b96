import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { attempt, mapperErrorOf } from "./attempt.ts";
import { MapperError } from "./errors.ts";
import { HalError, type HalErrorKind } from "./hal.ts";
import { settle } from "./testing/manual-clock.ts";

const idle = () => new AbortController().signal;
const never = () => new Promise<never>(() => {});

test("returns what the driver returns and leaves no listener on the signal", async () => {
  const signal = idle();
  assert.equal(await attempt(() => 42, signal), 42);
  assert.equal(await attempt(async () => "later", signal), "later");
  await assert.rejects(attempt(() => Promise.reject(new Error("no")), signal));
  assert.equal(getEventListeners(signal, "abort").length, 0);
});

test("wraps whatever a driver throws, at once or later, and keeps it as the cause", async () => {
  for (const thrown of [new TypeError("bug"), "a string", undefined, { odd: true }]) {
    for (const action of [
      () => {
        throw thrown;
      },
      () => Promise.reject(thrown),
    ]) {
      await assert.rejects(attempt(action, idle()), (error) => {
        assert.ok(error instanceof MapperError);
        assert.equal(error.code, "DEVICE_IO");
        assert.equal(error.cause, thrown);
        return true;
      });
    }
  }
});

test("chooses the code by the kind of a board error", () => {
  const codes: Record<HalErrorKind, string> = {
    busy: "DEVICE_BUSY",
    disconnected: "DEVICE_IO",
    timeout: "DEVICE_IO",
    permission: "DEVICE_IO",
    nack: "DEVICE_IO",
    arbitration: "DEVICE_IO",
    "bus-stuck": "DEVICE_IO",
    overrun: "DEVICE_IO",
    other: "DEVICE_IO",
    unknown: "CONFIG_INVALID",
    unsupported: "CONFIG_INVALID",
  };
  for (const [kind, code] of Object.entries(codes)) {
    assert.equal(mapperErrorOf(new HalError(kind as HalErrorKind, "GPIO17")).code, code, kind);
  }
});

test("leaves our own errors as they are", async () => {
  const ours = new MapperError("VALUE_INVALID", "ours");
  await assert.rejects(
    attempt(() => Promise.reject(ours), idle()),
    (error) => error === ours,
  );
});

test("does not start for a caller that has given up already", async () => {
  let started = false;
  const given = attempt(() => {
    started = true;
  }, AbortSignal.abort());
  await assert.rejects(given, { code: "DEVICE_ABORTED" });
  assert.equal(started, false);
});

test("frees its caller when the signal aborts, although the driver never ends", async () => {
  const caller = new AbortController();
  const given = attempt(never, caller.signal);
  caller.abort(new Error("enough"));
  await assert.rejects(given, { code: "DEVICE_ABORTED", message: "the operation was given up: enough" });
});

test("drops what a driver throws after its caller has gone; it is no unhandled rejection", async (t) => {
  const unhandled: unknown[] = [];
  const listener = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", listener);
  t.after(() => process.off("unhandledRejection", listener));
  const caller = new AbortController();
  let fail: (error: Error) => void = () => {};
  const given = attempt(
    () =>
      new Promise((_, reject) => {
        fail = reject;
      }),
    caller.signal,
  );
  caller.abort();
  await assert.rejects(given, { code: "DEVICE_ABORTED" });
  fail(new Error("too late"));
  await settle();
  assert.deepEqual(unhandled, []);
});

test("aborts with the reason itself when that is one of our errors", async () => {
  const reason = new MapperError("DEVICE_IO", "no answer within 2s");
  await assert.rejects(attempt(never, AbortSignal.abort(reason)), (error) => error === reason);
});

test("a driver that fails because it heeds the signal is told as given up, not as broken", async () => {
  const caller = new AbortController();
  const given = attempt(
    () =>
      new Promise((_, reject) => {
        caller.signal.addEventListener("abort", () => reject(new Error("port closed")), { once: true });
      }),
    caller.signal,
  );
  caller.abort();
  await assert.rejects(given, { code: "DEVICE_ABORTED" });
});
