import { randomUUID } from "node:crypto";
import { stateReport, twinReport } from "@edgetwin/cloud-protocol";
import { type Clock, Scope, type Timer } from "@edgetwin/mapper-sdk";
import { type Backoff, backoffMs } from "../../backoff.ts";
import type { Core } from "../../core.ts";
import type { DeviceEntry } from "../../registry/registry.ts";
import { TokenBucket } from "../../token-bucket.ts";
import type { Applied } from "../../twin/engine.ts";
import type { DeviceId, HealthState, Phase, Progress } from "../../twin/types.ts";
import { isFromCloud } from "../down/cloud-object.ts";
import type { Connection } from "../session/connection.ts";
import { stateReportOf, twinReportOf } from "./device-report.ts";
import { ReportQueue } from "./report-queue.ts";

/** What a reporter is made of. */
export interface ReporterParts {
  readonly core: Pick<Core, "engine" | "registry" | "clock">;
  readonly connection: Connection;
  readonly random: () => number;
  /** Values that change more often than this are reported once. */
  readonly everyMs: number;
}

/** CloudCore answers after the API server took the report, or never. */
const confirmationMs = 10_000;
const retries: Backoff = { firstMs: 2_000, capMs: 300_000 };
/** EdgeCore's own limit. */
const rate = { burst: 60, perSecond: 30 };
const rateRetryMs = 100;

/** Phases in which nothing more happens by itself, or which people should see. */
const outcomes: ReadonlySet<Phase> = new Set(["applied", "verified", "rejected", "failed"]);

/** Whether there is something to say about how far a desired value got; that it is tried once more is nothing. */
function hasProgressed(before: Progress | undefined, after: Progress | undefined): boolean {
  if (after === undefined || before?.version !== after.version) return before?.version !== after?.version;
  return outcomes.has(after.phase) && (before.phase !== after.phase || before.reason !== after.reason);
}

interface Tracked {
  readonly uid: string;
  /** Properties that the device's manifest wants reported. */
  readonly names: ReadonlySet<string>;
  readonly queue: ReportQueue;
  state: HealthState | undefined;
  /** Until the confirmation must have come, or until the next try. */
  timer: Timer | undefined;
}

/**
 * Reports values and health of the cloud's devices, for as long as one connection lasts. What has to be reported is what
 * the twins hold: at the beginning everything, then what changes. So a report that is late, lost or repeated always has the
 * current value, nothing has to be stored beside the twins, and nothing grows while the cloud is away.
 */
export class Reporter implements AsyncDisposable {
  readonly #parts: ReporterParts;
  readonly #scope = new Scope();
  readonly #devices = new Map<DeviceId, Tracked>();
  /** Devices with work that nothing else will wake. */
  readonly #ready = new Set<DeviceId>();
  readonly #underWay = new Map<string, DeviceId>();
  readonly #bucket: TokenBucket;
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #flushedAt = Number.NEGATIVE_INFINITY;
  #confirmed = 0;

  constructor(parts: ReporterParts) {
    const { engine, registry, clock } = parts.core;
    this.#parts = parts;
    this.#clock = clock;
    this.#bucket = new TokenBucket({ ...rate, clock });
    this.#scope.defer(engine.onApplied((applied) => this.#applied(applied)));
    this.#scope.defer(
      registry.onChange((change) => {
        if (change.kind === "device applied") this.#track(change.device);
        else if (change.kind === "device deleted") this.#forget(change.id);
      }),
    );
    for (const device of registry.devices()) this.#track(device);
  }

  /** Reports that were confirmed. */
  get confirmed(): number {
    return this.#confirmed;
  }

  /** Devices with values that the cloud does not have yet, as far as we know. */
  get waiting(): number {
    let waiting = 0;
    for (const { queue } of this.#devices.values()) if (queue.hasWork || !queue.isIdle) waiting++;
    return waiting;
  }

  /** The cloud has the report with this id. */
  confirm(reportId: string): void {
    const id = this.#underWay.get(reportId);
    const device = id === undefined ? undefined : this.#devices.get(id);
    this.#underWay.delete(reportId);
    if (id === undefined || !device?.queue.confirmed(reportId)) return;
    this.#confirmed++;
    this.#wakeAfter(device, undefined);
    if (device.queue.hasWork) this.#wake(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer?.[Symbol.dispose]();
    for (const id of [...this.#devices.keys()]) this.#forget(id);
    await this.#scope[Symbol.asyncDispose]();
  }

  #applied({ device: { id }, outcome }: Applied): void {
    const device = this.#devices.get(id);
    if (device === undefined) return;
    const { isBridge } = this.#parts.connection;
    let isOutcome = false;
    for (const { name, before, after } of outcome.changes) {
      if (after === undefined || !device.names.has(name)) continue;
      const isNew =
        before?.reported?.version !== after.reported?.version || before?.desired?.version !== after.desired?.version;
      const isProgress = isBridge && hasProgressed(before?.progress, after.progress);
      if (isNew || isProgress) device.queue.add(name);
      // Only in the cloud somebody waits for it; what is switched here all day long goes with the others.
      const isOfCloud = after.desired?.origin.door === "cloud";
      isOutcome ||= isProgress && isOfCloud && outcomes.has(after.progress?.phase ?? "pending");
    }
    const { health } = outcome;
    if (health && health.state !== device.state) {
      device.state = health.state;
      device.queue.addState();
    }
    if (isOutcome) this.#hurry(id, device);
    else if (device.queue.hasWork && device.queue.isIdle && device.timer === undefined) this.#wake(id);
  }

  /** Somebody waits for this: it goes out at once, also when an older report is under way. */
  #hurry(id: DeviceId, device: Tracked): void {
    const superseded = device.queue.supersede();
    if (superseded !== undefined) this.#underWay.delete(superseded);
    this.#wakeAfter(device, undefined);
    this.#ready.add(id);
    this.#timer?.[Symbol.dispose]();
    // Later in this turn, so that what changes together is reported together.
    this.#timer = this.#clock.after(0, () => this.#flush());
  }

  #track({ id, uid, manifest, device }: DeviceEntry): void {
    const before = this.#devices.get(id);
    if (!isFromCloud(manifest)) return this.#forget(id);
    const wanted = (device.spec.properties ?? []).filter(({ reportToCloud }) => reportToCloud !== false);
    const names = new Set(wanted.map(({ name }) => name));
    const isSame = before?.uid === uid && [...names].every((name) => before.names.has(name));
    if (isSame && before.names.size === names.size) return;
    this.#forget(id);
    const queue = new ReportQueue({ twice: !this.#parts.connection.isBridge });
    for (const name of names) queue.add(name);
    const state = this.#parts.core.engine.device(id)?.health.state;
    this.#devices.set(id, { uid, names, queue, state, timer: undefined });
    this.#wake(id);
  }

  #forget(id: DeviceId): void {
    const device = this.#devices.get(id);
    if (device === undefined) return;
    device.timer?.[Symbol.dispose]();
    for (const [report, of] of this.#underWay) if (of === id) this.#underWay.delete(report);
    this.#ready.delete(id);
    this.#devices.delete(id);
  }

  #wake(id: DeviceId): void {
    this.#ready.add(id);
    const waitMs = Math.max(0, this.#flushedAt + this.#parts.everyMs - this.#clock.monotonic());
    this.#timer ??= this.#clock.after(waitMs, () => this.#flush());
  }

  #flush(): void {
    this.#timer = undefined;
    this.#flushedAt = this.#clock.monotonic();
    for (const id of [...this.#ready]) {
      if (!this.#bucket.take()) {
        this.#timer ??= this.#clock.after(rateRetryMs, () => this.#flush());
        return;
      }
      this.#ready.delete(id);
      this.#send(id);
    }
  }

  #send(id: DeviceId): void {
    const device = this.#devices.get(id);
    const twin = this.#parts.core.engine.device(id);
    const next = device?.queue.next();
    if (device === undefined || twin === undefined || next === undefined) return;
    const { connection } = this.#parts;
    const stamp = { eventId: randomUUID(), timestamp: this.#clock.now() };
    if (next.kind === "state") {
      this.#await(id, connection.send(stateReport, stateReportOf(twin, stamp)), "state");
      return;
    }
    const report = twinReportOf(twin, next.names, { ...stamp, withProgress: connection.isBridge });
    if (report === undefined) return device.queue.drop(next.names);
    this.#await(id, connection.send(twinReport, report), next.names);
  }

  #await(id: DeviceId, reportId: string, names: readonly string[] | "state"): void {
    const device = this.#devices.get(id) as Tracked;
    device.queue.sent(reportId, names);
    this.#underWay.set(reportId, id);
    this.#wakeAfter(device, {
      ms: confirmationMs,
      action: () => {
        this.#underWay.delete(reportId);
        if (!device.queue.lost(reportId)) return;
        const ms = backoffMs(retries, device.queue.failures, this.#parts.random);
        this.#wakeAfter(device, { ms, action: () => this.#wake(id) });
      },
    });
  }

  #wakeAfter(device: Tracked, next: { readonly ms: number; readonly action: () => void } | undefined): void {
    device.timer?.[Symbol.dispose]();
    device.timer =
      next &&
      this.#clock.after(next.ms, () => {
        device.timer = undefined;
        next.action();
      });
  }
}
