import type { Bucket } from "./bucket.ts";

/**
 * Turns the values of one property into buckets of one step. A value holds until the next one; NaN says that there is none
 * any more. Steps that only repeat what held before give no bucket, so a value that stands still costs nothing.
 */
export class Accumulator {
  readonly #stepMs: number;
  /** Beginning of the open step; undefined before the first value. */
  #start: number | undefined;
  #min = Number.NaN;
  #max = Number.NaN;
  /** Value times milliseconds, and the milliseconds in which there was a value. */
  #integral = 0;
  #known = 0;
  #last = Number.NaN;
  #lastAt = 0;
  /** What a reader takes to hold: `last` of the bucket that was given out last; undefined before the first. */
  #told: number | undefined;

  constructor(stepMs: number) {
    this.#stepMs = stepMs;
  }

  /** Takes a value; returns the buckets that ended before it. A time before the last one (the clock was set) begins anew there. */
  add(at: number, value: number): Bucket[] {
    if (this.#start === undefined || at < this.#lastAt) {
      this.#begin(at, Number.NaN);
      this.#told = undefined;
    }
    const ended = this.#advance(at);
    this.#last = value;
    this.#note(value);
    return ended;
  }

  /** The buckets that ended before `at`. */
  advance(at: number): Bucket[] {
    return this.#start === undefined || at < this.#lastAt ? [] : this.#advance(at);
  }

  /** What the open step says so far, when that is news. */
  open(at: number): Bucket | undefined {
    if (this.#start === undefined || at < this.#lastAt) return undefined;
    const weight = Number.isNaN(this.#last) ? 0 : at - this.#lastAt;
    return this.#bucket(this.#start, this.#integral + (weight > 0 ? this.#last * weight : 0), this.#known + weight);
  }

  #advance(at: number): Bucket[] {
    const ended: Bucket[] = [];
    const start = this.#start as number;
    const end = start + this.#stepMs;
    if (at >= end) {
      this.#hold(end);
      const bucket = this.#bucket(start, this.#integral, this.#known);
      if (bucket) {
        ended.push(bucket);
        this.#told = bucket.last;
      }
      // The steps between are as the last value left them: nothing to tell.
      this.#begin(at, this.#last);
    }
    this.#hold(at);
    return ended;
  }

  #begin(at: number, held: number): void {
    const start = Math.floor(at / this.#stepMs) * this.#stepMs;
    this.#start = start;
    this.#min = Number.NaN;
    this.#max = Number.NaN;
    this.#integral = 0;
    this.#known = 0;
    this.#last = held;
    this.#lastAt = Number.isNaN(held) ? at : start;
  }

  #hold(until: number): void {
    if (!Number.isNaN(this.#last) && until > this.#lastAt) {
      this.#integral += this.#last * (until - this.#lastAt);
      this.#known += until - this.#lastAt;
      this.#note(this.#last);
    }
    this.#lastAt = until;
  }

  #note(value: number): void {
    if (Number.isNaN(value)) return;
    this.#min = Number.isNaN(this.#min) ? value : Math.min(this.#min, value);
    this.#max = Number.isNaN(this.#max) ? value : Math.max(this.#max, value);
  }

  #bucket(at: number, integral: number, known: number): Bucket | undefined {
    const [min, max, last] = [this.#min, this.#max, this.#last];
    const steady = Number.isNaN(min) ? Number.isNaN(last) : min === max && last === min;
    if (steady && Object.is(this.#told, last)) return undefined;
    if (this.#told === undefined && Number.isNaN(min) && Number.isNaN(last)) return undefined;
    return { at, min, max, mean: known > 0 ? integral / known : last, last };
  }
}
