import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { MapperError } from "./errors.ts";
import { pushedValues } from "./pushed-values.ts";
import { settle } from "./testing/manual-clock.ts";

interface Options {
  readonly pushed: AsyncIterable<unknown>;
  readonly until?: readonly AbortSignal[];
  readonly accept?: (value: unknown) => unknown;
}

/** The values under test, the signal their driver gets, and what its cleanup failed with. */
function watching({ pushed, until = [], accept = (value) => value }: Options) {
  const late: unknown[] = [];
  const stop = new AbortController();
  const values = pushedValues({ pushed, accept, stop, until, onLateFailure: (error) => late.push(error) });
  return { values, stop: stop.signal, late };
}

async function* numbers(count: number): AsyncGenerator<number> {
  for (let number = 1; number <= count; number++) yield number;
}

/** A driver that never pushes anything and does not look at its signal. */
function deaf() {
  const calls: string[] = [];
  const pushed: AsyncIterable<never> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise<never>(() => calls.push("next")),
      return: () => new Promise<never>(() => calls.push("return")),
    }),
  };
  return { pushed, calls };
}

test("yields what is pushed, and ends when the driver does", async () => {
  const { values, stop } = watching({ pushed: numbers(3) });
  const seen: unknown[] = [];
  for await (const value of values) seen.push(value);
  assert.deepEqual(seen, [1, 2, 3]);
  assert.equal(stop.aborted, true);
  assert.deepEqual(await values.next(), { done: true, value: undefined });
});

test("ends at once when a signal aborts, although the driver is deaf, and asks it to clean up", async () => {
  const { pushed, calls } = deaf();
  const device = new AbortController();
  const { values, stop } = watching({ pushed, until: [device.signal] });
  const next = values.next();
  await settle();
  device.abort(new Error("closed"));
  assert.deepEqual(await next, { done: true, value: undefined });
  assert.equal(stop.aborted, true);
  assert.deepEqual(calls, ["next", "return"]);
  assert.equal(getEventListeners(device.signal, "abort").length, 0);
});

test("a watcher that leaves while the driver is silent is not held", async () => {
  const { pushed } = deaf();
  const { values } = watching({ pushed });
  const next = values.next();
  assert.deepEqual(await values.return?.(), { done: true, value: undefined });
  assert.deepEqual(await next, { done: true, value: undefined });
});

test("a watcher that leaves the loop waits for the driver's cleanup, unless the device closes meanwhile", async () => {
  let cleaned = false;
  let release = () => {};
  async function* careful() {
    try {
      yield 1;
    } finally {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      cleaned = true;
    }
  }
  const first = watching({ pushed: careful() });
  await first.values.next();
  const leaving = first.values.return?.();
  await settle();
  release();
  await leaving;
  assert.equal(cleaned, true);

  const device = new AbortController();
  const second = watching({ pushed: careful(), until: [device.signal] });
  await second.values.next();
  const stuck = second.values.return?.();
  await settle();
  device.abort();
  assert.deepEqual(await stuck, { done: true, value: undefined });
});

test("rejects with our code when the driver fails, and ends after that", async () => {
  async function* failing() {
    yield 1;
    throw new Error("line lost");
  }
  const { values, stop } = watching({ pushed: failing() });
  assert.deepEqual(await values.next(), { done: false, value: 1 });
  await assert.rejects(values.next(), { code: "DEVICE_IO", message: "line lost" });
  assert.equal(stop.aborted, true);
  assert.deepEqual(await values.next(), { done: true, value: undefined });
});

test("an error in place of a value is one of ours, and others follow", async () => {
  async function* doubtful() {
    yield 1;
    yield new Error("the sensor is in fault");
    yield 2;
  }
  const { values, stop } = watching({ pushed: doubtful() });
  assert.equal((await values.next()).value, 1);
  const { value, done } = await values.next();
  assert.ok(value instanceof MapperError);
  assert.deepEqual([done, value.code, value.message], [false, "DEVICE_IO", "the sensor is in fault"]);
  assert.equal((await values.next()).value, 2);
  assert.equal(stop.aborted, false);
});

test("rejects when the driver pushes nonsense, and tells it to stop", async () => {
  let cleaned = false;
  async function* nonsense() {
    try {
      yield "on";
    } finally {
      cleaned = true;
    }
  }
  const accept = () => {
    throw new TypeError("expected true or false");
  };
  const { values, stop } = watching({ pushed: nonsense(), accept });
  await assert.rejects(values.next(), { message: "expected true or false" });
  await settle();
  assert.equal(stop.aborted, true);
  assert.equal(cleaned, true);
});

test("a cleanup that fails is reported and does not reach whoever has left", async () => {
  async function* clumsy() {
    try {
      yield 1;
    } finally {
      await Promise.reject(new Error("cannot unsubscribe"));
    }
  }
  const { values, late } = watching({ pushed: clumsy() });
  for await (const _ of values) break;
  assert.deepEqual(late, [new Error("cannot unsubscribe")]);
});

test("leaves no listener anywhere when nobody iterates", () => {
  const device = new AbortController();
  watching({ pushed: numbers(1), until: [device.signal] });
  assert.equal(getEventListeners(device.signal, "abort").length, 0);
});

test("yields nothing when a signal had aborted before", async () => {
  const { values } = watching({ pushed: numbers(1), until: [AbortSignal.abort()] });
  assert.deepEqual(await values.next(), { done: true, value: undefined });
});
