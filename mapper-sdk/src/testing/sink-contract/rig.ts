import assert from "node:assert/strict";
import { systemClock } from "../../clock.ts";
import { type ErrorCode, MapperError } from "../../errors.ts";
import type { Sink, SinkSession } from "../../sinks/define-sink.ts";
import type { SinkPoint } from "../../sinks/point.ts";
import { settle } from "../manual-clock.ts";
import type { SinkFixture, SinkPeer } from "./fixture.ts";

/** A sink and its fixture. */
export interface SinkSubject {
  readonly sink: Sink;
  readonly fixture: SinkFixture;
}

/** One fresh far end and ways to reach it. */
export interface SinkRig {
  readonly sink: Sink;
  readonly peer: SinkPeer;
  open(): Promise<SinkSession>;
  openAndSend(points: readonly SinkPoint[]): Promise<void>;
  /** Point number `number`: its value and its time tell which one it is. */
  point(number: number): SinkPoint;
  points(first: number, count: number): readonly SinkPoint[];
  /** Waits no longer than the patience of the fixture. */
  patiently<T>(outcome: PromiseLike<T>): Promise<T>;
  /** Waits until `problem` has none left to tell. */
  until(problem: () => Promise<string | undefined>): Promise<void>;
}

/** Runs `action` with a fresh far end and takes it down afterwards, sessions first. */
export async function onSinkRig(
  { sink, fixture }: SinkSubject,
  action: (rig: SinkRig) => Promise<void>,
): Promise<void> {
  const { patienceMs = 5000 } = fixture;
  await using peer = await fixture.peer();
  const { config } = sink.check(peer.config, "push");
  const sessions: SinkSession[] = [];
  const patiently = <T>(outcome: PromiseLike<T>) => within(patienceMs, outcome);
  const open = async () => {
    const { credential } = peer;
    const session = await patiently(sink.open(config, { clock: systemClock, ...(credential && { credential }) }));
    sessions.push(session);
    return session;
  };
  const point = (number: number): SinkPoint => ({
    device: "plant/boiler",
    property: "temperature",
    type: "INT",
    value: BigInt(number),
    at: Date.UTC(2026, 0, 1) + number * 1000 + 7,
    quality: "good",
    unit: "°C",
    config,
  });
  try {
    await action({
      sink,
      peer,
      open,
      point,
      points: (first, count) => numbered(first, count).map(point),
      patiently,
      async openAndSend(points) {
        const session = await open();
        try {
          await session.send(points);
        } finally {
          await session[Symbol.asyncDispose]();
        }
      },
      async until(problem) {
        const end = systemClock.monotonic() + patienceMs;
        for (let said = await problem(); said !== undefined; said = await problem()) {
          assert.ok(systemClock.monotonic() < end, said);
          await settle();
        }
      },
    });
  } finally {
    for (const session of sessions) await patiently(session[Symbol.asyncDispose]());
  }
}

/** `count` whole numbers from `first` on. */
export const numbered = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => first + index);

/** Fails unless `outcome` rejects with `code`. */
export async function assertRejects(outcome: Promise<unknown>, code: ErrorCode): Promise<void> {
  const error = await outcome.then(
    () => assert.fail(`resolved; expected ${code}`),
    (error: unknown) => error,
  );
  assert.ok(error instanceof MapperError, `rejected with ${error}, which is no MapperError`);
  assert.equal(error.code, code, `rejected with ${error.code} (${error.message}); expected ${code}`);
  assert.notEqual(error.message, "", "the error says nothing");
}

function within<T>(patienceMs: number, outcome: PromiseLike<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const never = () =>
      reject(new assert.AssertionError({ message: `never ended: still waiting after ${patienceMs} ms` }));
    const timer = systemClock.after(patienceMs, never);
    Promise.resolve(outcome)
      .then(resolve, reject)
      .finally(() => timer[Symbol.dispose]());
  });
}
