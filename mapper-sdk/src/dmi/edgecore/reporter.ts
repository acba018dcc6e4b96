import { status } from "@grpc/grpc-js";
import type { Clock, Timer } from "../../clock.ts";
import type { Log } from "../../log.ts";
import { keyOf } from "./device-description.ts";
import type { DeviceName, Health, Manager, ReportedTwin } from "./manager.ts";
import { Pacer } from "./pacer.ts";

/** What waits to be told about one device. */
interface Pending {
  readonly device: DeviceName;
  readonly twins: Map<string, ReportedTwin>;
  health?: Health;
  healthChanged: boolean;
  failures: number;
}

/** Calls that are left to changes when health is only repeated. */
const reserveForChanges = 30;
/** Twins in one report: far below the 4 MiB that a message may have. */
const mostTwins = 1000;
/** Refusals of one report after which the fault is in the report, not in the moment. */
const mostFailures = 5;

/**
 * Sends reports one after the other, no faster than EdgeCore takes them, over all devices of the process. What is newer
 * replaces what waits; devices take turns; the last value of every property gets through.
 */
export class Reporter implements Disposable {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #pacer: Pacer;
  /** In the order of their turns. */
  readonly #pending = new Map<string, Pending>();
  #manager: Manager | undefined;
  #timer: Timer | undefined;
  #sending: Promise<void> | undefined;

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#clock = clock;
    this.#log = log;
    this.#pacer = new Pacer(clock);
  }

  /** Whom to report to from now on; without one, reports wait, each property for its latest value. */
  set manager(manager: Manager | undefined) {
    this.#manager = manager;
    this.#go();
  }

  twin(device: DeviceName, twin: ReportedTwin): void {
    const pending = this.#of(device);
    pending.twins.set(twin.property, twin);
    this.#go();
  }

  /** @param changed false for one that is repeated because its cycle is over. */
  health(device: DeviceName, health: Health, changed: boolean): void {
    const pending = this.#of(device);
    pending.health = health;
    pending.healthChanged ||= changed;
    this.#go();
  }

  /** Nobody wants to hear of the device any more. */
  forget(device: DeviceName): void {
    this.#pending.delete(keyOf(device));
  }

  /** Sends what waits, as far as there is credit for it now. */
  async flush(): Promise<void> {
    while (this.#manager && this.#pending.size > 0) {
      if (this.#sending === undefined) this.#go();
      if (this.#sending === undefined) return;
      await this.#sending;
    }
    await this.#sending;
  }

  [Symbol.dispose](): void {
    this.#manager = undefined;
    this.#timer?.[Symbol.dispose]();
  }

  #of(device: DeviceName): Pending {
    const key = keyOf(device);
    const known = this.#pending.get(key);
    if (known) return known;
    const pending: Pending = { device, twins: new Map(), healthChanged: false, failures: 0 };
    this.#pending.set(key, pending);
    return pending;
  }

  /** Sends the next report, or sets the timer for when that can be. */
  #go(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    if (!this.#manager || this.#sending !== undefined) return;
    const next = this.#next();
    if (!next) return;
    const reserve = isNews(next) ? 0 : reserveForChanges;
    if (!this.#pacer.take(reserve)) {
      this.#timer = this.#clock.after(this.#pacer.waitMs(reserve), () => this.#go(), { background: true });
      return;
    }
    this.#sending = this.#send(this.#manager, next).finally(() => {
      this.#sending = undefined;
      this.#go();
    });
  }

  /** Changes first; among them, and among the rest, the device that waits longest. */
  #next(): Pending | undefined {
    let calm: Pending | undefined;
    for (const pending of this.#pending.values()) {
      if (isNews(pending)) return pending;
      calm ??= pending;
    }
    return calm;
  }

  async #send(manager: Manager, pending: Pending): Promise<void> {
    const key = keyOf(pending.device);
    const twins = [...pending.twins.values()].slice(0, mostTwins);
    const { health } = pending;
    this.#pending.delete(key);
    try {
      if (twins.length > 0) {
        await manager.reportTwins(pending.device, twins);
        for (const twin of twins) {
          pending.twins.delete(twin.property);
          twin.onDelivered?.();
        }
      } else if (health) {
        await manager.reportHealth?.(pending.device, health);
        delete pending.health;
        pending.healthChanged = false;
      }
      pending.failures = 0;
    } catch (error) {
      this.#failed(pending, error);
    }
    if (pending.twins.size > 0 || pending.health) this.#putBack(key, pending);
  }

  #failed(pending: Pending, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#pacer.empty(); // whatever it was, the next call comes a second later
    if (/too many request/i.test(message) || !isRefusal(error)) return;
    pending.failures++;
    if (pending.failures < mostFailures) return;
    this.#log.error("dmi.report-refused", { device: keyOf(pending.device), error });
    pending.twins.clear();
    delete pending.health;
  }

  /** At the end of the queue, below what came meanwhile. */
  #putBack(key: string, pending: Pending): void {
    const newer = this.#pending.get(key);
    if (newer) {
      for (const [name, twin] of newer.twins) pending.twins.set(name, twin);
      if (newer.health) pending.health = newer.health;
      pending.healthChanged ||= newer.healthChanged;
      this.#pending.delete(key);
    }
    this.#pending.set(key, pending);
  }
}

/** Health that has not changed is worth a call only while there is plenty of credit. */
const isNews = ({ twins, healthChanged }: Pending): boolean => twins.size > 0 || healthChanged;

/** Whether the manager has said no, as opposed to not having been there. */
function isRefusal(error: unknown): boolean {
  const code = (error as { cause?: { code?: unknown } }).cause?.code;
  return typeof code === "number" && code !== status.UNAVAILABLE && code !== status.CANCELLED;
}
