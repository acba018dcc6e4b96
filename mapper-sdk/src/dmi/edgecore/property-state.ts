import type { MapperError } from "../../errors.ts";
import type { Property } from "../../model.ts";
import { sameValue, type Value } from "../../value.ts";
import type { DescribedProperty } from "./device-description.ts";
import type { ReportedTwin } from "./manager.ts";
import { fitted, textOfValue, valueOfText } from "./text-value.ts";

/** How long an unchanged value is not repeated. */
const repeatMs = 5 * 60_000;
/** The cloud stores the first report of a property empty; the second one repairs it. */
const leastReports = 2;
const firstRetryMs = 1_000;
const longestRetryMs = 60_000;

/** What is known about one property of a device of EdgeCore: what is desired, written, read and told. */
export class PropertyState {
  readonly name: string;
  readonly property: Property;
  described: DescribedProperty;
  /** Whether the device says by itself when it changes. */
  watched = false;
  /** When it is read next, on the monotonic clock. */
  dueAt = 0;
  /** What the device has shown or was given last, as far as it is known. */
  #shown: Value | undefined;
  /** The desired text that was written, found there, or refused for good. */
  #settled: string | undefined;
  /** Something new is desired: it is written whatever was read before, which may be old. */
  #isNew = false;
  #retryAt = 0;
  #failures = 0;
  #told: { readonly twin: ReportedTwin; readonly at: number } | undefined;
  /** Reports of it that the manager has taken. */
  #delivered = 0;
  /** Why it cannot be read or written now. */
  problem: string | undefined;
  /** A value that could not be told as it was, until somebody has said so. */
  misfit: string | undefined;

  constructor(described: DescribedProperty, property: Property) {
    this.name = described.name;
    this.property = property;
    this.described = described;
  }

  /** The desired value that still has to be written at `now`, or undefined. @throws MapperError when it is none. */
  toWrite(now: number): Value | undefined {
    const { desired } = this.described;
    if (desired === undefined || desired === this.#settled || now < this.#retryAt) return undefined;
    const wanted = valueOfText(this.property, desired);
    if (this.#isNew || !sameValue(wanted, this.#shown)) return wanted;
    this.#settled = desired;
    return undefined;
  }

  /** The desired value as one, when it is one: what outputs should show from the first instant on. */
  get initial(): Value | undefined {
    try {
      const { desired } = this.described;
      return desired === undefined ? undefined : valueOfText(this.property, desired);
    } catch {
      return undefined;
    }
  }

  written(value: Value, now: number): void {
    this.#shown = value;
    this.#settled = this.described.desired;
    this.#isNew = false;
    this.#failures = 0;
    this.#retryAt = 0;
    this.dueAt = now;
    this.problem = undefined;
  }

  /** A refusal is final until something else is desired; anything else is tried again, less and less often. */
  notWritten(error: MapperError, now: number): void {
    this.problem = error.message;
    if (!error.retryable) {
      this.#settled = this.described.desired;
      return;
    }
    this.#failures++;
    this.#retryAt = now + Math.min(longestRetryMs, firstRetryMs * 2 ** (this.#failures - 1));
  }

  /** Something else is desired, or read at another pace. */
  update(described: DescribedProperty, now: number): void {
    if (described.desired !== this.described.desired) {
      this.#retryAt = 0;
      this.#failures = 0;
      this.#settled = undefined;
      this.#isNew = true;
      this.dueAt = now;
    }
    if (described.collectCycleMs !== this.described.collectCycleMs) this.dueAt = now;
    this.described = described;
  }

  /** The device was opened anew: what it shows has to be looked at before anything is written. */
  reopened(now: number): void {
    this.#shown = undefined;
    this.#settled = undefined;
    this.#isNew = false;
    this.#retryAt = 0;
    this.watched = false;
    this.dueAt = now;
  }

  /** Everything is told again, to a manager that may have forgotten it. */
  untold(now: number): void {
    this.#told = undefined;
    this.#delivered = 0;
    this.dueAt = now;
  }

  /** When something is to be done with it next. */
  get nextAt(): number {
    const { desired } = this.described;
    const writes = desired !== undefined && desired !== this.#settled ? this.#retryAt : Number.POSITIVE_INFINITY;
    return Math.min(this.reads ? this.dueAt : Number.POSITIVE_INFINITY, writes);
  }

  /** Whether it is read at all. */
  get reads(): boolean {
    return this.described.reported;
  }

  /** Takes a value of the device; returns what is to be told about it, if anything. */
  seen(value: Value, { now, wallMs }: { readonly now: number; readonly wallMs: number }): ReportedTwin | undefined {
    this.#shown = value;
    this.problem = undefined;
    const text = textOfValue(value);
    const twin: ReportedTwin = {
      property: this.name,
      observed: fitted(this.described.desired ?? ""),
      reported: fitted(text),
      type: this.property.type.toLowerCase(),
      at: wallMs,
      onDelivered: () => void this.#delivered++,
    };
    const { twin: before, at = 0 } = this.#told ?? {};
    const same = before?.reported === twin.reported && before.observed === twin.observed;
    const enough = this.#delivered >= leastReports;
    const news = !same || !enough || now - at >= repeatMs;
    if (news) this.#told = { twin, at: now };
    this.dueAt = now + (this.watched && enough ? repeatMs : this.described.collectCycleMs);
    if (news && !same && twin.reported !== text) this.misfit = text;
    return news ? twin : undefined;
  }

  /** What was told last. */
  get told(): ReportedTwin | undefined {
    return this.#told?.twin;
  }
}
