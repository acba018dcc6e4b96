import { type Clock, Feed, type Log, MapperError, type Timer } from "@edgetwin/mapper-sdk";
import type { CovNotification, PropertyPlace } from "../client/bacnet-library.ts";
import type { RemoteDevice } from "../link/remote-device.ts";
import { waitUpTo } from "../link/wait-up-to.ts";
import { kindOf, type ObjectId, showObjectId } from "../names/object-types.ts";
import { propertyIds } from "../names/properties.ts";
import { BacnetRefusal } from "../names/refusals.ts";
import { hasChanged, type ObjectState, statusFlagsOf } from "./object-state.ts";
import { heardAgain, nextDueMs, unknownState, type Watched, watchedObject } from "./watched-object.ts";

/** How values are kept fresh without asking for them. */
export interface CovSettings {
  readonly style: "confirmed" | "unconfirmed" | "off";
  readonly lifetimeMs: number;
  /** How often what was notified is compared with what is. */
  readonly checkMs: number;
  /** How often objects are read that cannot be subscribed to. */
  readonly pollMs: number;
}

interface KeeperParts extends CovSettings {
  readonly clock: Clock;
  readonly log: Log;
  /** Time for an answer, and so for a notification. */
  readonly answerMs: number;
}

/** What somebody who watches an object gets: how it is, or why nobody knows. */
export type Told = ObjectState | MapperError;

/** Only this process subscribes from its address and port. */
const processId = 1;
/** Share of the lifetime after which a subscription is renewed: before half of it. */
const renewal = 0.45;
/** Losses in a row after which an object is read instead. */
const mostLosses = 2;
/** A device that says often that it is there is not subscribed to as often. */
const shortestRenewalMs = 60_000;

/**
 * Keeps those who watch objects of one device told. It subscribes, renews before half of the lifetime, notices when
 * notifications do not come any more, and reads what cannot be subscribed to.
 */
export class CovKeeper {
  readonly #device: RemoteDevice;
  readonly #parts: KeeperParts;
  /** Every object that was ever watched, by name; a device has as many as its models have properties. */
  readonly #objects = new Map<string, Watched>();
  readonly #watched = new Set<Watched>();
  readonly #leaving = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #checkAt = 0;
  #timer: Timer | undefined;
  #working = false;

  constructor(device: RemoteDevice, parts: KeeperParts) {
    this.#device = device;
    this.#parts = parts;
  }

  /** Objects that are watched, by how: for tests and logs. */
  get modes(): ReadonlyMap<string, Watched["mode"]> {
    return new Map([...this.#watched].map(({ object, mode }) => [showObjectId(object), mode]));
  }

  /** How `object` is from now on, until `signal` aborts; undefined when it has to be read. */
  watch(object: ObjectId, signal: AbortSignal): AsyncIterable<Told> | undefined {
    if (this.#parts.style === "off") return undefined;
    return { [Symbol.asyncIterator]: () => this.#objectFor(object).feed.values({ signal })[Symbol.asyncIterator]() };
  }

  /** Takes a notification; false when nobody waits for it. */
  notified({ processId: process, object, secondsLeft, values }: CovNotification): boolean {
    const watched = this.#objects.get(showObjectId(object));
    if (!watched || !this.#watched.has(watched) || process !== processId || this.#parts.style === "off") return false;
    const now = this.#now;
    const [value] = values.get(propertyIds["present-value"]) ?? [];
    const flags = statusFlagsOf(values.get(propertyIds["status-flags"]));
    heardAgain(watched);
    if (secondsLeft > 0) watched.renewAt = Math.min(watched.renewAt, now + secondsLeft * 1000 * renewal);
    this.#tell(watched, { value: value ?? watched.state?.value, flags: flags ?? watched.state?.flags });
    this.#arm();
    return true;
  }

  /** The device said that it is there: it may have forgotten who subscribed. */
  returned(): void {
    const now = this.#now;
    for (const watched of this.#watched)
      if (watched.failing || now - watched.subscribedAt >= shortestRenewalMs)
        watched.renewAt = Math.min(watched.renewAt, now);
    this.#arm();
  }

  /** Cancels every subscription that is left, if the device answers in time. */
  async close(): Promise<void> {
    this.#timer?.[Symbol.dispose]();
    for (const watched of [...this.#watched]) this.#leave(watched);
    if (this.#leaving.size > 0) {
      await waitUpTo(this.#parts.clock, this.#parts.answerMs, Promise.allSettled([...this.#leaving]));
    }
    this.#closing.abort(new MapperError("DEVICE_ABORTED", `${this.#device.name} is closed`));
  }

  get #now(): number {
    return this.#parts.clock.monotonic();
  }

  #objectFor(object: ObjectId): Watched {
    const key = showObjectId(object);
    const watched =
      this.#objects.get(key) ??
      watchedObject(
        object,
        new Feed<Told>({
          start: () => this.#join(watched),
          stop: () => this.#leave(watched),
        }),
      );
    this.#objects.set(key, watched);
    return watched;
  }

  #join(watched: Watched): void {
    if (this.#watched.size === 0) this.#checkAt = this.#now + this.#parts.checkMs;
    this.#watched.add(watched);
    Object.assign(watched, unknownState, { confirmed: this.#parts.style === "confirmed", renewAt: this.#now });
    this.#arm();
  }

  #leave(watched: Watched): void {
    this.#watched.delete(watched);
    if (watched.mode !== "subscribed" || this.#device.restMs > 0) return;
    const { signal } = this.#closing;
    const cancelled = this.#device
      .run({ urgent: false, signal }, (services) => services.subscribeCov({ processId, object: watched.object }))
      .catch(() => undefined) // it ends by itself when its time is over
      .finally(() => this.#leaving.delete(cancelled));
    this.#leaving.add(cancelled);
  }

  /** Sets the timer for what is due next. */
  #arm(): void {
    this.#timer?.[Symbol.dispose]();
    if (this.#working || this.#closing.signal.aborted || this.#watched.size === 0) return;
    const inMs = nextDueMs([...this.#watched], this.#checkAt) - this.#now;
    this.#timer = this.#parts.clock.after(Math.max(0, inMs), () => void this.#work());
  }

  async #work(): Promise<void> {
    this.#working = true;
    try {
      await this.#subscribeDue();
      this.#judgeDue();
      await this.#readDue();
    } catch (error) {
      this.#lost(error);
    } finally {
      this.#working = false;
      this.#arm();
    }
  }

  async #subscribeDue(): Promise<void> {
    for (const watched of [...this.#watched]) if (watched.renewAt <= this.#now) await this.#subscribe(watched);
  }

  async #subscribe(watched: Watched): Promise<void> {
    const { lifetimeMs, answerMs, log } = this.#parts;
    const { object, confirmed } = watched;
    const { signal } = this.#closing;
    const heard = watched.heard;
    watched.subscribedAt = this.#now;
    const wanted = { confirmed, lifetimeSeconds: Math.ceil(lifetimeMs / 1000) };
    try {
      await this.#device.run({ urgent: false, signal }, (services) =>
        services.subscribeCov({ processId, object, wanted }),
      );
      watched.renewAt = this.#now + lifetimeMs * renewal;
      // The first notification comes with the subscription (ASHRAE 135 13.14.2).
      if (watched.heard === heard) watched.judgeAt = this.#now + answerMs;
      if (watched.mode === "new") watched.mode = "subscribed";
    } catch (error) {
      if (!(error instanceof BacnetRefusal)) throw error;
      if (confirmed) {
        watched.confirmed = false;
        return await this.#subscribe(watched);
      }
      if (watched.mode !== "read") log.info("bacnet.cov-refused", { ...this.#naming(watched), reason: error.message });
      this.#readInstead(watched);
    }
  }

  /** Notifications that should have come by now, and did not. */
  #judgeDue(): void {
    for (const watched of this.#watched) {
      if (watched.judgeAt > this.#now) continue;
      watched.judgeAt = Number.POSITIVE_INFINITY;
      watched.losses++;
      this.#parts.log.warn("bacnet.cov-lost", { ...this.#naming(watched), losses: watched.losses });
      if (watched.losses >= mostLosses) this.#readInstead(watched);
      else watched.renewAt = this.#now;
      watched.readAt = this.#now;
    }
  }

  /** Reads the object; the subscription is tried again when it would be renewed. */
  #readInstead(watched: Watched): void {
    watched.mode = "read";
    watched.readAt = this.#now;
    watched.renewAt = this.#now + this.#parts.lifetimeMs * renewal;
    watched.confirmed = this.#parts.style === "confirmed";
  }

  async #readDue(): Promise<void> {
    const isCheck = this.#checkAt <= this.#now;
    if (isCheck) this.#checkAt = this.#now + this.#parts.checkMs;
    const due = [...this.#watched].filter(({ readAt }) => isCheck || readAt <= this.#now);
    if (due.length === 0) return;
    const before = due.map(({ heard }) => heard);
    const places = due.flatMap(placesOf);
    const results = await this.#device.read(places, { urgent: false, signal: this.#closing.signal });
    let at = 0;
    for (const [index, watched] of due.entries()) {
      const [value, flags, increment] = results.slice(at, at + placesOf(watched).length);
      at += placesOf(watched).length;
      watched.readAt = watched.mode === "read" ? this.#now + this.#parts.pollMs : Number.POSITIVE_INFINITY;
      if (value instanceof BacnetRefusal) {
        this.#tellError(watched, new MapperError("DEVICE_IO", `${showObjectId(watched.object)}: ${value.message}`));
        continue;
      }
      const [step] = Array.isArray(increment) ? increment : [];
      if (step?.tag === "real") watched.increment = step.value;
      this.#compare(watched, { value: value?.[0], flags: statusFlagsOf(flags) }, before[index] === watched.heard);
    }
  }

  /** What was read is what counts; where it differs from what was notified last, a notification is missing. */
  #compare(watched: Watched, state: ObjectState, nothingCame: boolean): void {
    const { mode, increment, state: last, judgeAt } = watched;
    const isMissing = last !== undefined && mode === "subscribed" && hasChanged(last, state, increment);
    if (isMissing && nothingCame && judgeAt === Number.POSITIVE_INFINITY)
      watched.judgeAt = this.#now + this.#parts.answerMs;
    if (mode === "read" || isMissing || last === undefined || watched.failing) this.#tell(watched, state);
  }

  /** The device does not answer: everybody is told once, and it goes on when the device is asked again. */
  #lost(error: unknown): void {
    if (this.#closing.signal.aborted) return;
    const failure =
      error instanceof MapperError ? error : new MapperError("DEVICE_IO", String(error), { cause: error });
    const againAt = this.#now + Math.max(this.#device.restMs, this.#parts.answerMs);
    this.#checkAt = Math.max(this.#checkAt, againAt);
    for (const watched of this.#watched) {
      watched.judgeAt = Number.POSITIVE_INFINITY;
      watched.renewAt = againAt;
      watched.readAt = watched.mode === "read" ? againAt : Number.POSITIVE_INFINITY;
      this.#tellError(watched, failure);
    }
  }

  #tell(watched: Watched, state: ObjectState): void {
    const isNews = watched.failing || !watched.state || hasChanged(watched.state, state, undefined);
    watched.state = state;
    watched.failing = false;
    if (isNews) watched.feed.push(state);
  }

  #tellError(watched: Watched, error: MapperError): void {
    if (!watched.failing) watched.feed.push(error);
    watched.failing = true;
  }

  #naming({ object }: Watched) {
    return { device: this.#device.instance, object: showObjectId(object) };
  }
}

function placesOf({ object }: Watched): PropertyPlace[] {
  const properties: number[] = [propertyIds["present-value"], propertyIds["status-flags"]];
  if (kindOf(object) === "analog") properties.push(propertyIds["cov-increment"]);
  return properties.map((property) => ({ object, property }));
}
