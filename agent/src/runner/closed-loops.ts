import { type CheckedCondition, formatDuration, sameValue, showValue, type Value } from "@edgetwin/mapper-sdk";
import type { Write } from "./order.ts";
import type { Reader } from "./reader.ts";
import type { Session } from "./session.ts";

/** A write that was read back and must now show in another property. */
interface Pending {
  readonly write: Write;
  readonly by: string;
  readonly condition: CheckedCondition;
  /** What the other property showed before the write, where that matters. */
  readonly before: Value | undefined;
  /** On the monotonic clock. */
  readonly until: number;
  readonly withinMs: number;
  nextAt: number;
  /** Everything it has shown since: one value means that it stayed there. */
  first: Value | undefined;
  moved: boolean;
}

/** What a look at the other property came to. */
export type LoopResult =
  | { readonly write: Write; readonly holds: true }
  /** The time is over. */
  | { readonly write: Write; readonly holds: false; readonly reason: string };

/** How many times the other property is looked at while there is time, and the bounds of the pause between two looks. */
const looks = 20;
const shortestPauseMs = 100;
const longestPauseMs = 5_000;
const failurePauseMs = 1_000;

/**
 * Writes that count as verified only when they show in another property: a fan that was switched on must turn. Waiting
 * for one keeps nothing else of the device waiting.
 */
export class ClosedLoops {
  readonly #session: Session;
  readonly #reader: Reader;
  readonly #pending = new Map<string, Pending>();

  constructor(session: Session, reader: Reader) {
    this.#session = session;
    this.#reader = reader;
  }

  /** Whether a write of `value` has to show elsewhere. */
  concerns(name: string, value: Value): boolean {
    return this.#conditionOf(name, value) !== undefined;
  }

  /** What the other property shows before a write; undefined when nobody needs to know, or it cannot be read. */
  async before({ name, value }: Write): Promise<Value | undefined> {
    const found = this.#conditionOf(name, value);
    if (found?.condition.changes === undefined) return undefined;
    return await this.#reader.read(found.by, "write").catch(() => undefined);
  }

  /** Begins to look, after the write was read back. */
  begin(write: Write, before: Value | undefined): void {
    const found = this.#conditionOf(write.name, write.value);
    if (!found) return;
    const now = this.#session.clock.monotonic();
    const { by, condition, withinMs } = found;
    const state = { until: now + withinMs, nextAt: now, first: undefined, moved: false };
    this.#pending.set(write.name, { write, by, condition, before, withinMs, ...state });
  }

  /** Somebody wants another value, or the property is driven by other means. */
  forget(name: string): void {
    this.#pending.delete(name);
  }

  /** When the next look is due, on the monotonic clock; undefined when nothing is pending. */
  get nextAt(): number | undefined {
    const times = [...this.#pending.values()].map(({ nextAt }) => nextAt);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /**
   * Takes one look that is due. Undefined when it was too early to tell; `isWanted` says whether a write is still the
   * one that is desired.
   */
  async look(isWanted: (write: Write) => boolean): Promise<LoopResult | undefined> {
    const { clock } = this.#session;
    const [pending] = [...this.#pending.values()].sort((a, b) => a.nextAt - b.nextAt);
    if (!pending) return undefined;
    const { write, by, condition, before, until, withinMs } = pending;
    if (!isWanted(write)) {
      this.forget(write.name);
      return undefined;
    }
    let seen: Value | undefined;
    let failure = "";
    try {
      seen = await this.#reader.read(by, "interactive");
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    }
    if (this.#pending.get(write.name) !== pending) return undefined;
    if (seen !== undefined && holds(condition, seen, before)) {
      this.forget(write.name);
      return { write, holds: true };
    }
    if (seen !== undefined) {
      pending.moved ||= pending.first !== undefined && !sameValue(pending.first, seen);
      pending.first ??= seen;
    }
    const now = clock.monotonic();
    if (now >= until) {
      this.forget(write.name);
      return { write, holds: false, reason: this.#reasonOf(pending, seen, failure) };
    }
    // A property that does not answer is asked less often: too many failures in a row mean that the device is lost.
    const shortest = failure === "" ? shortestPauseMs : failurePauseMs;
    const pauseMs = Math.min(longestPauseMs, Math.max(shortest, withinMs / looks));
    pending.nextAt = Math.min(until, now + pauseMs);
    return undefined;
  }

  /** `power was written, but rpm stayed at 0 for 5s; expected at least 300`. */
  #reasonOf({ write, by, condition, withinMs, moved }: Pending, seen: Value | undefined, failure: string): string {
    const time = formatDuration(withinMs);
    if (seen === undefined) return `${write.name} was written, but ${by} could not be read: ${failure}`;
    const unit = this.#session.plan().shape.properties.get(by)?.unit;
    const shown = unit === undefined ? showValue(seen) : `${showValue(seen)} ${unit}`;
    const how = moved ? `is at ${shown} after ${time}` : `stayed at ${shown} for ${time}`;
    return `${write.name} was written, but ${by} ${how}; expected ${expectationOf(condition)}`;
  }

  #conditionOf(name: string, value: Value) {
    const loop = this.#session.plan().shape.verify?.get(name);
    const condition = loop?.conditionFor(value);
    return loop && condition && { by: loop.by, withinMs: loop.withinMs, condition };
  }
}

function holds({ min, max, equals, changes }: CheckedCondition, seen: Value, before: Value | undefined): boolean {
  const number = Number(seen);
  if (min !== undefined && !(number >= min)) return false;
  if (max !== undefined && !(number <= max)) return false;
  if (equals !== undefined && !sameValue(seen, equals)) return false;
  // Without knowing how it was, nobody can say whether it moved; the read-back of the property itself has to do.
  if (changes === undefined || before === undefined) return true;
  return changes === true ? !sameValue(seen, before) : Math.abs(number - Number(before)) >= changes;
}

function expectationOf({ min, max, equals, changes }: CheckedCondition): string {
  const range =
    min !== undefined && max !== undefined
      ? [`${min} to ${max}`]
      : [...(min === undefined ? [] : [`at least ${min}`]), ...(max === undefined ? [] : [`at most ${max}`])];
  const parts = [
    ...range,
    ...(equals === undefined ? [] : [showValue(equals)]),
    ...(changes === undefined ? [] : [changes === true ? "a change" : `a change of at least ${changes}`]),
  ];
  return parts.join(" and ");
}
