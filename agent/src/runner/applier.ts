import { delay, MapperError, propertyOf, sameValue, showValue, type Timer, type Value } from "@edgetwin/mapper-sdk";
import { backoffMs, deviceBackoff } from "../backoff.ts";
import { isOutstanding } from "../twin/configure.ts";
import type { PropertyTwin } from "../twin/types.ts";
import { ClosedLoops } from "./closed-loops.ts";
import { FailSafe } from "./fail-safe.ts";
import { isInterlocked, orderWrites, type Write } from "./order.ts";
import type { Reader } from "./reader.ts";
import { mapperOrigin, type Session } from "./session.ts";

type Phase = "applying" | "applied" | "verified" | "rejected" | "failed";

interface Retry {
  readonly version: number;
  readonly failures: number;
  readonly dueAt: number;
}

/** How often a disagreeing read-back is taken again while the device has time to get there. */
const verifyEveryMs = 100;

/**
 * Brings the device to its desired values, level-based: it compares versions, writes what differs, one property at a
 * time, and tries again for ever. Nothing here depends on having seen an event.
 */
export class Applier {
  readonly #session: Session;
  readonly #reader: Reader;
  readonly #failSafe: FailSafe;
  readonly #loops: ClosedLoops;
  /** Not read back since the session began: the device may already have, or have lost, what was written before. */
  readonly #unsure: Set<string>;
  readonly #writable: readonly string[];
  readonly #retries = new Map<string, Retry>();
  /**
   * Versions with which this session is done. The twin says so too, but later: what the runner tells waits its turn
   * while another property of the device is on its way to the card.
   */
  readonly #done = new Map<string, number>();
  /** Values that were written and not read back: a write that failed may have reached the device all the same. */
  readonly #attempted = new Map<string, Value>();
  #wake: (() => void) | undefined;
  #woken = false;

  constructor(session: Session, reader: Reader) {
    this.#session = session;
    this.#reader = reader;
    this.#loops = new ClosedLoops(session, reader);
    this.#failSafe = new FailSafe(
      session,
      (name) => this.#actual(name),
      (name, value) => {
        this.#attempted.set(name, value);
        this.#loops.forget(name);
      },
    );
    const { model } = session.device;
    this.#writable = Object.keys(model.properties).filter((name) => propertyOf(model, name).access === "rw");
    this.#unsure = new Set(this.#writable);
  }

  /** Something changed: desired values, or what the device shows. */
  wake(): void {
    this.#woken = true;
    // Through the promise queue: values that came to the card together are seen together.
    this.#wake?.();
  }

  /** Runs until the session ends. */
  async run(): Promise<void> {
    const { signal } = this.#session;
    const onAbort = () => this.wake();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      while (!signal.aborted) {
        this.#woken = false;
        if (!(await this.#step())) await this.#rest();
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** Drives the fail-safe values; used when the device is closed on purpose. */
  async letGo(reason: string): Promise<void> {
    await this.#failSafe.drive(reason);
  }

  /** Does one thing that is due; false when nothing is. */
  async #step(): Promise<boolean> {
    const unsure = [...this.#unsure][0];
    if (unsure !== undefined) {
      await this.#readBackFirst(unsure);
      return true;
    }
    const now = this.#session.clock.monotonic();
    if ((this.#loops.nextAt ?? Infinity) <= now) {
      await this.#look();
      return true;
    }
    const due = this.#outstanding().filter(({ name, version }) => this.#isDue(name, version, now));
    if (due.length === 0) return false;
    const { next, held } = orderWrites(this.#session.plan().shape, due, (name) => this.#actual(name));
    if (!next) {
      for (const { write, reason } of held) this.#fail(write, reason);
      return true;
    }
    await this.#write(next);
    return true;
  }

  /** What the last session or another hand left there decides whether a write is needed at all. */
  async #readBackFirst(name: string): Promise<void> {
    const twin = this.#twin(name);
    this.#unsure.delete(name);
    if (!twin?.desired || twin.progress?.phase === "rejected") return;
    const { version, value } = twin.desired;
    let actual: Value | undefined;
    try {
      actual = await this.#reader.fetch(name, "write");
    } catch {
      // Not readable now: writing the desired value again is the safe side for a level.
    }
    if (this.#session.signal.aborted) return;
    if (actual !== undefined && sameValue(actual, value)) {
      this.#done.set(name, version);
      const isNew = twin.progress?.phase !== "verified";
      if (isNew && this.#loops.concerns(name, value)) this.#showElsewhere({ name, value, version }, actual);
      else this.#progress(name, version, "verified", { reported: actual });
    } else if (twin.appliedVersion >= version) this.#failSafe.mustBeRewritten(name);
  }

  #outstanding(): Write[] {
    const writes: Write[] = [];
    for (const name of this.#writable) {
      const twin = this.#twin(name);
      if (!twin?.desired || twin.progress?.phase === "rejected") continue;
      const done = !isOutstanding(twin) || this.#done.get(name) === twin.desired.version;
      if (done && !this.#failSafe.mustRestore(name)) continue;
      // While the fail-safe values stand, only what made them necessary is tried.
      if (this.#failSafe.isDriven && !this.#retries.has(name)) continue;
      writes.push({ name, value: twin.desired.value, version: twin.desired.version });
    }
    return writes;
  }

  async #write(write: Write): Promise<void> {
    const { device, lane, guard, signal, limits } = this.#session;
    const { name, value, version } = write;
    this.#attempted.set(name, value);
    this.#loops.forget(name);
    try {
      const before = this.#loops.concerns(name, value) ? await this.#loops.before(write) : undefined;
      const call = (inner: AbortSignal) => device.write(name, value as never, { signal: inner });
      const writing = lane.run({ priority: "write", signal, patienceMs: limits.busMs }, () => guard.call(call, name));
      // On a free bus the device has it by now; telling takes longer than switching a lamp.
      this.#progress(name, version, "applying");
      await writing;
      this.#failSafe.restored(name);
      await this.#verify(write, before);
    } catch (error) {
      if (signal.aborted) return;
      lane.failed();
      const reason = error instanceof Error ? error.message : String(error);
      if (error instanceof MapperError && !error.retryable) {
        this.#done.set(name, version);
        this.#failSafe.restored(name);
        this.#progress(name, version, "rejected", { reason });
      } else await this.#failedWrite(write, reason);
    }
  }

  async #verify(write: Write, before: Value | undefined): Promise<void> {
    const { clock, limits, signal } = this.#session;
    const { name, value, version } = write;
    const end = clock.monotonic() + limits.verifyMs;
    for (;;) {
      const actual = await this.#reader.fetch(name, "write");
      this.#attempted.delete(name);
      if (sameValue(actual, value)) {
        this.#done.set(name, version);
        if (this.#loops.concerns(name, value)) return this.#showElsewhere(write, actual, before);
        return this.#verified(write, actual);
      }
      this.#progress(name, version, "applied", { reported: actual });
      if (this.#twin(name)?.desired?.version !== version) return;
      if (clock.monotonic() >= end) {
        const reason = `wrote ${showValue(value)}, but the device still reports ${showValue(actual)}`;
        return this.#failedWrite(write, reason);
      }
      await delay(clock, verifyEveryMs, signal);
    }
  }

  #verified({ name, version }: Write, actual: Value | undefined): void {
    this.#retries.delete(name);
    this.#progress(name, version, "verified", actual === undefined ? {} : { reported: actual });
    if (this.#failSafe.isDriven) this.#failSafe.controlIsBack();
  }

  /** The property itself agrees; now the other one has to. Meanwhile everything else goes on. */
  #showElsewhere(write: Write, actual: Value, before?: Value): void {
    this.#progress(write.name, write.version, "applied", { reported: actual });
    this.#loops.begin(write, before);
  }

  async #look(): Promise<void> {
    const isWanted = ({ name, version }: Write) => this.#twin(name)?.desired?.version === version;
    const result = await this.#loops.look(isWanted);
    if (!result || this.#session.signal.aborted) return;
    if (result.holds) this.#verified(result.write, this.#reader.actual(result.write.name));
    else await this.#failedWrite(result.write, result.reason);
  }

  async #failedWrite(write: Write, reason: string): Promise<void> {
    this.#fail(write, reason);
    this.#failSafe.mustBeRewritten(write.name);
    const failures = this.#retries.get(write.name)?.failures ?? 0;
    if (failures === this.#session.limits.failuresUntilFailSafe) {
      await this.#failSafe.drive(`${write.name} cannot be written: ${reason}`);
    }
  }

  #fail({ name, version }: Write, reason: string): void {
    const { clock, random } = this.#session;
    const before = this.#retries.get(name);
    const failures = before?.version === version ? before.failures + 1 : 1;
    this.#retries.set(name, {
      version,
      failures,
      dueAt: clock.monotonic() + backoffMs(deviceBackoff, failures, random),
    });
    this.#progress(name, version, "failed", { reason });
  }

  #isDue(name: string, version: number, now: number): boolean {
    const retry = this.#retries.get(name);
    return retry === undefined || retry.version !== version || retry.dueAt <= now;
  }

  /** Waits for a wake-up or for the next retry. */
  async #rest(): Promise<void> {
    if (this.#woken) return;
    const { clock } = this.#session;
    const now = clock.monotonic();
    const due = this.#outstanding().map(({ name }) => this.#retries.get(name)?.dueAt ?? now);
    if (this.#loops.nextAt !== undefined) due.push(this.#loops.nextAt);
    let timer: Timer | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (due.length > 0) timer = clock.after(Math.max(0, Math.min(...due) - now), resolve);
    });
    this.#wake = undefined;
    timer?.[Symbol.dispose]();
  }

  /** What the device shows as far as known; of two possible values, the one that an interlock speaks of. */
  #actual(name: string): Value | undefined {
    const attempted = this.#attempted.get(name);
    const { shape } = this.#session.plan();
    if (attempted !== undefined && isInterlocked(shape, name, attempted)) return attempted;
    return this.#reader.actual(name) ?? this.#twin(name)?.reported?.value;
  }

  #progress(property: string, version: number, phase: Phase, word: { reason?: string; reported?: Value } = {}): void {
    const { engine, id, clock } = this.#session;
    const { reason, reported } = word;
    engine.tell(id, {
      kind: "progress",
      at: clock.now(),
      property,
      version,
      phase,
      ...(reason !== undefined && { reason }),
      ...(reported !== undefined && { reported: { value: reported, origin: mapperOrigin(this.#session) } }),
    });
  }

  #twin(name: string): PropertyTwin | undefined {
    return this.#session.engine.device(this.#session.id)?.twins.get(name);
  }
}
