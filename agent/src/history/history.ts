import type { Clock, Log, Timer, Value } from "@edgetwin/mapper-sdk";
import type { HistoryRow, HistoryStorage } from "../store/history/history-storage.ts";
import type { TwinEngine } from "../twin/engine.ts";
import type { DeviceId, PropertyTwin } from "../twin/types.ts";
import { unpackBuckets } from "./bucket.ts";
import { type Point, resample } from "./resample.ts";
import { NumberSeries, type Series, StateSeries } from "./series.ts";
import { type State, statesIn, unpackStates } from "./state.ts";
import { type Range, stateKeepMs, stateTier, tierFor, tiers } from "./tier.ts";

/** How much of the past is kept, and what it may cost the card. */
export interface HistorySettings {
  /** How often what is complete is written, at the soonest. Milliseconds. */
  readonly flush: number;
  /** What the file may take. */
  readonly maxBytes: number;
  /** What may be handed to the file system in a day: writing waits longer when it would be more. */
  readonly dailyBytes: number;
}

/** What a history is made of. */
export interface HistoryParts extends HistorySettings {
  readonly engine: TwinEngine;
  readonly storage: HistoryStorage;
  readonly clock: Clock;
  readonly log: Log;
}

/** The past of a property. */
export type Past =
  | { readonly kind: "number"; readonly points: readonly Point[] }
  | { readonly kind: "state"; readonly states: readonly State[] };

const dayMs = 86_400_000;
/** However little the card may get, after this time it gets it. */
const longestFlushMs = 6 * 3_600_000;
/** Rows of one transaction: the storage thread serves desired values between two. */
const rowsAtOnce = 200;
/** Longer texts are messages, not states. */
const longestText = 64;

/**
 * Keeps what reported values were, for charts: numbers in three resolutions, texts and switches by their changes. Nothing is
 * written while nothing changes. A killed process loses what was not flushed yet; a stop loses nothing.
 */
export class History implements AsyncDisposable {
  readonly #parts: HistoryParts;
  readonly #series = new Map<string, Map<string, Series>>();
  /** Of the devices that have a past here: a device that is gone can be named by its id only. */
  readonly #uids = new Map<DeviceId, string>();
  readonly #stopListening: () => void;
  #timer: Timer;
  #failing = false;
  #fileBytes = 0;
  #bytesWritten = 0;

  constructor(parts: HistoryParts) {
    this.#parts = parts;
    this.#stopListening = parts.engine.onApplied(({ device, event, outcome }) => {
      for (const { before, after } of outcome.changes) {
        if (!after?.reported || sameReading(before, after)) continue;
        this.#uids.set(device.id, device.uid);
        this.#add(device.uid, after, event.at);
      }
    });
    this.#timer = this.#after(parts.flush);
  }

  /** Bytes that the file takes and that were written since the start, as of the last flush. */
  get figures(): { readonly fileBytes: number; readonly bytesWritten: number } {
    return { fileBytes: this.#fileBytes, bytesWritten: this.#bytesWritten };
  }

  /**
   * The past of a property, undefined when none is kept for its type. What the disk does not give back is missing from it.
   */
  async past(device: DeviceId, property: string, range: Range): Promise<Past | undefined> {
    const { engine, storage, clock } = this.#parts;
    const found = engine.device(device);
    const twin = found?.twins.get(property);
    if (!found || !twin) return undefined;
    const kind = kindOf(twin.type);
    if (kind === undefined) return undefined;
    const own = this.#series.get(found.uid)?.get(property);
    const now = clock.now();
    const tier = kind === "state" ? stateTier : tierFor({ ...range, nowMs: now });
    // Before it is asked for, since a flush may take it from here to there meanwhile; what comes twice counts once.
    const waiting = own instanceof NumberSeries ? [...own.waiting(tier, now)] : [];
    const states = own instanceof StateSeries ? [...own.waiting()] : [];
    const query = { device: found.uid, property, tier, from: range.fromMs, to: range.toMs };
    const bodies = await storage.read(query).catch((error: unknown) => {
      this.#noteFailure(error);
      return [];
    });
    if (kind === "state") return { kind, states: statesIn([...bodies.flatMap(unpackStates), ...states], range) };
    const stored = bodies.flatMap(unpackBuckets);
    const { stepMs } = tiers[tier] as (typeof tiers)[number];
    return { kind, points: resample([...stored, ...waiting], stepMs, { ...range, nowMs: now }) };
  }

  /** Forgets a device that was deleted. */
  forget(id: DeviceId): void {
    const uid = this.#uids.get(id);
    if (uid === undefined) return;
    this.#uids.delete(id);
    this.#series.delete(uid);
    this.#parts.storage.forget(uid).catch((error: unknown) => this.#noteFailure(error));
  }

  /** Writes what is complete now. */
  async flush(final = false): Promise<void> {
    const { clock, storage, maxBytes } = this.#parts;
    const now = clock.now();
    const rows: HistoryRow[] = [];
    for (const [device, properties] of this.#series)
      for (const [property, series] of properties)
        for (const row of series.take(now, { final })) rows.push({ device, property, ...row });
    const forgetBefore = [...tiers.map(({ keepMs }) => now - keepMs), now - stateKeepMs];
    for (let first = 0; first < rows.length; first += rowsAtOnce) {
      const part = rows.slice(first, first + rowsAtOnce);
      try {
        const { bytes, fileBytes } = await storage.append({ rows: part, forgetBefore, maxBytes });
        this.#bytesWritten += bytes;
        this.#fileBytes = fileBytes;
        this.#failing = false;
      } catch (error) {
        this.#putBack(rows.slice(first));
        return this.#noteFailure(error);
      }
    }
    const notice = rows.length > 0 ? await storage.notice().catch(() => undefined) : undefined;
    if (notice !== undefined) this.#parts.log.warn("history", { notice });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopListening();
    this.#timer[Symbol.dispose]();
    const now = this.#parts.clock.now();
    // Nobody knows what the values do while no agent runs.
    for (const properties of this.#series.values())
      for (const series of properties.values()) series.add(now, undefined);
    await this.flush(true);
  }

  #add(uid: string, { name, type, reported }: PropertyTwin, at: number): void {
    if (!reported) return;
    const value = reported.quality === "good" ? reported.value : undefined;
    if (!isKept(value)) return;
    const properties = this.#series.get(uid) ?? new Map<string, Series>();
    const series = properties.get(name) ?? newSeries(type);
    if (!series) return;
    this.#series.set(uid, properties.set(name, series));
    series.add(value === undefined ? at : Math.min(at, reported.at), value);
  }

  #after(ms: number): Timer {
    const { clock, flush, dailyBytes } = this.#parts;
    return clock.after(
      ms,
      () => {
        const before = this.#bytesWritten;
        void this.flush().finally(() => {
          const affordable = ((this.#bytesWritten - before) / dailyBytes) * dayMs;
          this.#timer = this.#after(Math.min(Math.max(flush, affordable), Math.max(flush, longestFlushMs)));
        });
      },
      { background: true },
    );
  }

  #putBack(rows: readonly HistoryRow[]): void {
    const byProperty = new Map<Series, HistoryRow[]>();
    for (const row of rows) {
      const series = this.#series.get(row.device)?.get(row.property);
      if (series) byProperty.set(series, [...(byProperty.get(series) ?? []), row]);
    }
    for (const [series, own] of byProperty) series.restore(own.map(({ tier, start, body }) => ({ tier, start, body })));
  }

  #noteFailure(error: unknown): void {
    if (!this.#failing) this.#parts.log.warn("history cannot use the disk", { error });
    this.#failing = true;
  }
}

const kindOf = (type: PropertyTwin["type"]): Past["kind"] | undefined => {
  if (type === "INT" || type === "FLOAT" || type === "DOUBLE") return "number";
  return type === "BOOLEAN" || type === "STRING" ? "state" : undefined;
};

function newSeries(type: PropertyTwin["type"]): Series | undefined {
  const kind = kindOf(type);
  if (kind === undefined) return undefined;
  return kind === "number" ? new NumberSeries() : new StateSeries();
}

const isKept = (value: Value | undefined): boolean => !(typeof value === "string" && value.length > longestText);

const sameReading = (before: PropertyTwin | undefined, after: PropertyTwin): boolean =>
  before?.reported !== undefined &&
  before.reported.version === after.reported?.version &&
  before.reported.quality === after.reported.quality;
