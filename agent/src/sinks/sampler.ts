import type { Clock, Timer } from "@edgetwin/mapper-sdk";
import type { TwinEngine } from "../twin/engine.ts";
import type { DeviceId, PropertyTwin, Reported } from "../twin/types.ts";

/** One property that is pushed in its cycle. */
export interface SampledProperty {
  readonly property: string;
  readonly cycleMs: number;
  /** Whether values of bad and stale quality are pushed too. */
  readonly anyQuality: boolean;
  readonly take: (reported: Reported, twin: PropertyTwin) => void;
}

interface Entry extends SampledProperty {
  /** Time and version of the reading that was taken last, or was there before anybody asked. */
  lastAt: number;
  lastVersion: number;
}

interface Cycle {
  readonly devices: Map<DeviceId, Entry[]>;
  timer: Timer;
}

/**
 * Takes the newest reading of each property once in its `reportCycle`, when there is a new one. It looks at twins instead of
 * listening to changes: a property that changes a thousand times between two cycles costs no more than one that does not.
 */
export class Sampler implements Disposable {
  readonly #engine: TwinEngine;
  readonly #clock: Clock;
  readonly #cycles = new Map<number, Cycle>();

  constructor(engine: TwinEngine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  /**
   * What is sampled of a device from now on. Readings up to `since` (wall-clock milliseconds) count as taken: after a restart
   * the stored ones were sent before it.
   */
  set(id: DeviceId, properties: readonly SampledProperty[], since: number): void {
    const before = this.#forget(id);
    const twins = this.#engine.device(id)?.twins;
    for (const sampled of properties) {
      const stored = twins?.get(sampled.property)?.reported;
      const old = stored && stored.at <= since ? { lastAt: stored.at, lastVersion: stored.version } : undefined;
      const { lastAt, lastVersion } = before.get(sampled.property) ?? old ?? { lastAt: -1, lastVersion: -1 };
      const { devices } = this.#cycle(sampled.cycleMs);
      const entry = { ...sampled, lastAt, lastVersion };
      const own = devices.get(id);
      if (own) own.push(entry);
      else devices.set(id, [entry]);
    }
    this.#stopUnused();
  }

  remove(id: DeviceId): void {
    this.#forget(id);
    this.#stopUnused();
  }

  /** Takes what is new at once, whatever the cycle; before the agent stops. */
  takeAll(): void {
    for (const { devices } of this.#cycles.values()) this.#take(devices);
  }

  [Symbol.dispose](): void {
    for (const { timer } of this.#cycles.values()) timer[Symbol.dispose]();
    this.#cycles.clear();
  }

  #forget(id: DeviceId): Map<string, Entry> {
    const known = new Map<string, Entry>();
    for (const { devices } of this.#cycles.values()) {
      for (const entry of devices.get(id) ?? []) known.set(entry.property, entry);
      devices.delete(id);
    }
    return known;
  }

  #cycle(cycleMs: number): Cycle {
    const known = this.#cycles.get(cycleMs);
    if (known) return known;
    let due = this.#clock.monotonic() + cycleMs;
    const tick = () => {
      this.#take(cycle.devices);
      // From tick to tick, not from its end; what a busy moment cost is not made up for.
      due = Math.max(due + cycleMs, this.#clock.monotonic() + 1);
      cycle.timer = this.#clock.after(due - this.#clock.monotonic(), tick, { background: true });
    };
    const cycle: Cycle = { devices: new Map(), timer: this.#clock.after(cycleMs, tick, { background: true }) };
    this.#cycles.set(cycleMs, cycle);
    return cycle;
  }

  #take(devices: Cycle["devices"]): void {
    for (const [id, entries] of devices) {
      const twins = this.#engine.device(id)?.twins;
      if (!twins) continue;
      for (const entry of entries) {
        const twin = twins.get(entry.property);
        const { reported } = twin ?? {};
        if (!twin || !reported || (reported.at === entry.lastAt && reported.version === entry.lastVersion)) continue;
        if (reported.quality !== "good" && !entry.anyQuality) continue;
        entry.lastAt = reported.at;
        entry.lastVersion = reported.version;
        entry.take(reported, twin);
      }
    }
  }

  #stopUnused(): void {
    for (const [cycleMs, { devices, timer }] of this.#cycles) {
      if (devices.size > 0) continue;
      timer[Symbol.dispose]();
      this.#cycles.delete(cycleMs);
    }
  }
}
