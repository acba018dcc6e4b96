import type { Value } from "@edgetwin/mapper-sdk";
import type { HistoryRow } from "../store/history/history-storage.ts";
import { Accumulator } from "./accumulator.ts";
import { type Bucket, packBuckets } from "./bucket.ts";
import { packStates, type State } from "./state.ts";
import { stateTier, tiers } from "./tier.ts";

/** A row of one property that is ready to be written. */
export type SeriesRow = Omit<HistoryRow, "device" | "property">;

/** The past of one property, as far as it has not been written yet. */
export interface Series {
  /** @param value undefined when it is not known any more. */
  add(at: number, value: Value | undefined): void;
  /** What is to be written by `at`; with `final`, also what is not complete yet. What was taken is gone from here. */
  take(at: number, options: { readonly final: boolean }): readonly SeriesRow[];
  /** Puts rows back whose writing failed; the oldest go when there are too many. */
  restore(rows: readonly SeriesRow[]): void;
}

/** Rows that one property may have waiting while the card takes none. */
const mostRows = 64;
/** Buckets of a tier that wait: six hours of minutes. */
const mostBuckets = 360;
/** Changes of a text or a switch that wait; more than this is noise. */
const mostStates = 256;

/** Of a number: every tier at once. */
export class NumberSeries implements Series {
  readonly #tiers = tiers.map(({ stepMs, rowBuckets }) => ({
    rowBuckets,
    accumulator: new Accumulator(stepMs),
    ended: [] as Bucket[],
  }));
  #rows: readonly SeriesRow[] = [];

  add(at: number, value: Value | undefined): void {
    const number = value === undefined ? Number.NaN : Number(value);
    for (const { accumulator, ended } of this.#tiers) keep(ended, accumulator.add(at, number));
  }

  /** Buckets of a tier that are not written yet, the open one too. */
  waiting(tier: number, at: number): readonly Bucket[] {
    const found = this.#tiers[tier];
    if (!found) return [];
    keep(found.ended, found.accumulator.advance(at));
    const open = found.accumulator.open(at);
    return open ? [...found.ended, open] : found.ended;
  }

  take(at: number, { final }: { readonly final: boolean }): readonly SeriesRow[] {
    const rows = [...this.#rows];
    this.#rows = [];
    for (const [tier, { accumulator, ended, rowBuckets }] of this.#tiers.entries()) {
      keep(ended, accumulator.advance(at));
      const open = final ? accumulator.open(at) : undefined;
      if (open) ended.push(open);
      const [first] = ended;
      if (!first || (ended.length < rowBuckets && !final)) continue;
      rows.push({ tier, start: first.at, body: packBuckets(ended) });
      ended.length = 0;
    }
    return rows;
  }

  restore(rows: readonly SeriesRow[]): void {
    this.#rows = [...rows, ...this.#rows].slice(-mostRows);
  }
}

/** Of a text or a switch: every change. */
export class StateSeries implements Series {
  readonly #states: State[] = [];
  #last: string | null | undefined;
  #rows: readonly SeriesRow[] = [];

  add(at: number, value: Value | undefined): void {
    const state = value === undefined ? null : String(value);
    if (state === this.#last) return;
    this.#last = state;
    this.#states.push({ at, value: state });
    if (this.#states.length > mostStates) this.#states.shift();
  }

  /** Changes that are not written yet. */
  waiting(): readonly State[] {
    return this.#states;
  }

  take(): readonly SeriesRow[] {
    const rows = [...this.#rows];
    this.#rows = [];
    const [first] = this.#states;
    if (first) rows.push({ tier: stateTier, start: first.at, body: packStates(this.#states) });
    this.#states.length = 0;
    return rows;
  }

  restore(rows: readonly SeriesRow[]): void {
    this.#rows = [...rows, ...this.#rows].slice(-mostRows);
  }
}

function keep(ended: Bucket[], more: readonly Bucket[]): void {
  ended.push(...more);
  if (ended.length > mostBuckets) ended.splice(0, ended.length - mostBuckets);
}
