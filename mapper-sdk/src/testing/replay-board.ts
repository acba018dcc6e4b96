import assert from "node:assert/strict";
import type { Capture } from "../capture/capture.ts";
import { type Clock, systemClock } from "../clock.ts";
import type { Board, HalError } from "../hal.ts";
import { replayI2c, replaySerial } from "./replay-buses.ts";
import { replayGpio, replayPwm } from "./replay-lines.ts";
import { ReplayScript } from "./replay-script.ts";

/** A board that answers from a capture. */
export interface ReplayBoard extends Board {
  /** What went otherwise than recorded, in order, at most 100; the first one is the one to look at. */
  readonly mismatches: readonly HalError[];
  /** Lines of the capture that nobody asked for yet. */
  readonly left: readonly number[];
  /** Fails unless everything recorded was replayed and nothing went otherwise. */
  assertFinished(): void;
}

/** Finds the script of a resource; one without anything recorded refuses whatever is asked. */
export type Scripts = (on: string) => ReplayScript;

/**
 * A board that answers as the recorded one did: operations on each resource in the recorded order, each taking as long;
 * edges and serial bytes in time of `clock`, as long after the operation before them as recorded. What goes otherwise
 * rejects with a HalError that names the line, what was expected there and what came instead.
 */
export function replayBoard(capture: Capture, { clock = systemClock }: { readonly clock?: Clock } = {}): ReplayBoard {
  const mismatches: HalError[] = [];
  const scripts = new Map<string, ReplayScript>();
  const scriptOf = (on: string, entries: Capture["entries"] = []): ReplayScript => {
    const onMismatch = (error: HalError) => {
      if (mismatches.length < 100) mismatches.push(error);
    };
    const script = scripts.get(on) ?? new ReplayScript({ on, entries, capture: capture.name, clock, onMismatch });
    scripts.set(on, script);
    return script;
  };
  // Lines are written when an operation ends; drivers asked in the order in which they began.
  const inOrder = capture.entries.toSorted((a, b) => a.n - b.n);
  for (const on of new Set(inOrder.map((entry) => entry.on))) {
    scriptOf(
      on,
      inOrder.filter((entry) => entry.on === on && entry.do !== "name"),
    );
  }
  const gpio = replayGpio(capture, { script: scriptOf, clock });
  const left = () => [...scripts.values()].flatMap((script) => script.left).sort((a, b) => a - b);
  return {
    name: `${capture.header.board}, replayed from ${capture.name}`,
    gpio,
    pwm: replayPwm(gpio, scriptOf),
    i2c: replayI2c(scriptOf),
    serial: replaySerial(scriptOf),
    mismatches,
    get left() {
      return left();
    },
    assertFinished() {
      if (mismatches[0]) throw mismatches[0];
      assert.deepEqual(left(), [], `${capture.name}: these lines were not replayed`);
    },
    async [Symbol.asyncDispose]() {
      for (const script of scripts.values()) script.stop();
    },
  };
}
