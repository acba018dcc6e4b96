import { mapperErrorOf } from "../../attempt.ts";
import { type Clock, delay, type Timer } from "../../clock.ts";
import { MapperError } from "../../errors.ts";
import type { Board } from "../../hal.ts";
import type { Log } from "../../log.ts";
import type { BusTurns } from "./bus-turns.ts";
import { withDeadline } from "./deadline.ts";
import { keyOf } from "./device-description.ts";
import { DeviceSession } from "./device-session.ts";
import type { EdgePlan } from "./edge-plan.ts";
import type { Health, ReportedTwin } from "./manager.ts";
import { PropertyState } from "./property-state.ts";
import type { Reporter } from "./reporter.ts";
import { passesAsName } from "./text-value.ts";

/** What all devices of the process share. */
export interface EdgeWorld {
  readonly board: Board;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly reporter: Reporter;
  /** The turns of the bus of this name. */
  turns(bus: string): BusTurns;
}

const openTimeoutMs = 30_000;
const firstBackoffMs = 500;
const longestBackoffMs = 60_000;
/** A session that lasted this long was sound; the next failure is the first again. */
const soundAfterMs = 60_000;

/** One device of EdgeCore: opened, and opened again after every failure, until it is closed. */
export class EdgeDevice {
  readonly name: string;
  readonly #world: EdgeWorld;
  readonly #properties = new Map<string, PropertyState>();
  readonly #closing = new AbortController();
  #plan: EdgePlan;
  #session: DeviceSession | undefined;
  #health: Health = "unknown";
  #heartbeat: Timer | undefined;
  readonly #running: Promise<void>;

  constructor(plan: EdgePlan, world: EdgeWorld) {
    this.name = keyOf(plan.described);
    this.#world = world;
    this.#plan = plan;
    this.#take(plan);
    this.#running = this.#run(this.#closing.signal);
    this.#beat();
  }

  get plan(): EdgePlan {
    return this.#plan;
  }

  /** What was reported last, for whoever asks about the device. */
  get twins(): readonly ReportedTwin[] {
    return [...this.#properties.values()].flatMap(({ told }) => (told ? [told] : []));
  }

  /** Other desired values and cycles for the device as it is open. */
  update(plan: EdgePlan): void {
    this.#plan = plan;
    this.#take(plan);
    this.#session?.wake();
    this.#beat();
  }

  /** Tells everything again, to a manager that may have forgotten it. */
  tellAgain(): void {
    for (const state of this.#properties.values()) state.untold(this.#world.clock.monotonic());
    this.#session?.wake();
    this.#tellHealth(this.#health, true);
  }

  /** Stops and releases everything. */
  async close(): Promise<void> {
    this.#closing.abort(new MapperError("DEVICE_ABORTED", `${this.name} is closed`));
    this.#heartbeat?.[Symbol.dispose]();
    await this.#running;
  }

  #take({ described, model, readOnly }: EdgePlan): void {
    const now = this.#world.clock.monotonic();
    for (const one of described.properties) {
      const property = Object.hasOwn(model.properties, one.name) ? model.properties[one.name] : undefined;
      if (!property) continue;
      const writable = property.access === "rw" && !readOnly.has(one.name);
      const { desired, ...rest } = one;
      const wanted = { ...rest, ...(writable && desired !== undefined && { desired }), ...this.#reported(one) };
      const known = this.#properties.get(one.name);
      if (known) known.update(wanted, now);
      else this.#properties.set(one.name, new PropertyState(wanted, property));
    }
    const names = new Set(described.properties.map(({ name }) => name));
    for (const name of this.#properties.keys()) if (!names.has(name)) this.#properties.delete(name);
  }

  #reported({ name, reported }: { readonly name: string; readonly reported: boolean }): { readonly reported: boolean } {
    if (!reported || passesAsName(name)) return { reported };
    const known = this.#properties.get(name);
    if (!known) this.#world.log.error("dmi.property-not-reportable", { device: this.name, property: name });
    return { reported: false };
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, log, random } = this.#world;
    let failures = 0;
    let before = "";
    while (!signal.aborted) {
      const since = clock.monotonic();
      try {
        await this.#live(signal);
      } catch (cause) {
        if (signal.aborted) break;
        const error = mapperErrorOf(cause);
        this.#tellHealth(error.retryable ? "offline" : "unhealthy");
        if (error.message !== before) log.warn("dmi.device-failed", { device: this.name, code: error.code, error });
        before = error.message;
        failures = clock.monotonic() - since > soundAfterMs ? 1 : failures + 1;
        const full = Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.min(failures - 1, 20));
        await delay(clock, full / 2 + (full / 2) * random(), signal).catch(() => undefined);
      }
    }
  }

  /** Opens the device and works with it until it fails or is closed. */
  async #live(signal: AbortSignal): Promise<void> {
    const { board, clock, log } = this.#world;
    const { mapper, config } = this.#plan;
    const initial = Object.fromEntries(
      [...this.#properties].flatMap(([name, { initial }]) => (initial === undefined ? [] : [[name, initial]])),
    );
    const environment = { board, clock, log, name: this.name, initial, signal };
    const what = `opening ${this.name}`;
    const device = await withDeadline({ clock, timeoutMs: openTimeoutMs, what, signal }, (abort) =>
      mapper.open(config, { ...environment, signal: abort }),
    );
    try {
      log.info("dmi.device-online", { device: this.name });
      this.#session = new DeviceSession({
        name: this.name,
        device,
        properties: this.#properties,
        world: this.#world,
        tell: (twin) => this.#world.reporter.twin(this.#plan.described, twin),
        tellHealth: (health) => this.#tellHealth(health),
      });
      await this.#session.run(signal);
    } finally {
      this.#session = undefined;
      await Promise.resolve(device[Symbol.asyncDispose]()).catch((error: unknown) =>
        log.warn("device.release-failed", { device: this.name, error }),
      );
    }
  }

  #tellHealth(health: Health, again = false): void {
    const changed = health !== this.#health || again;
    this.#health = health;
    if (this.#plan.described.stateCycleMs > 0 && changed)
      this.#world.reporter.health(this.#plan.described, health, true);
  }

  /** Repeats the health every cycle, as long as somebody wants to hear it. */
  #beat(): void {
    this.#heartbeat?.[Symbol.dispose]();
    const { stateCycleMs } = this.#plan.described;
    if (stateCycleMs === 0 || this.#closing.signal.aborted) return;
    this.#heartbeat = this.#world.clock.after(
      stateCycleMs,
      () => {
        this.#world.reporter.health(this.#plan.described, this.#health, false);
        this.#beat();
      },
      { background: true },
    );
  }
}
