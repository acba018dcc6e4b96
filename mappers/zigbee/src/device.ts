import { type Clock, Feed, formatDuration, type Log, MapperError, type Timer } from "@edgetwin/mapper-sdk";
import type { Binding } from "./binding.ts";
import type { Connection } from "./connection.ts";
import type { DeviceEvent } from "./network/device-events.ts";
import type { KnownDevice } from "./network/library.ts";
import type { Network } from "./network/network.ts";
import { defaultLimitMs, presenceOf } from "./network/presence.ts";
import { isSleepy, knownAttributes, type Place, placeOf } from "./place.ts";
import { readPlaces } from "./read-places.ts";
import { isUndelivered, reasonOf, refused } from "./refused.ts";
import { setUpReports } from "./reporting.ts";

/** What a device is opened with. */
export interface ZigbeeDeviceParts {
  readonly network: Network;
  readonly connection: Connection;
  readonly bindings: readonly Binding[];
  readonly clock: Clock;
  readonly log: Log;
}

/** Pause between two looks at a device that says nothing, and between two tries to tell it when to report. */
const lookMs = 15_000;
const retryMs = 60_000;
/** A sleepy device hears what is said to it within this time after it spoke, as a rule. */
const listensMs = 5_000;

/** One device of the network with the properties that live on it. */
export class ZigbeeDevice implements Disposable {
  readonly #parts: ZigbeeDeviceParts;
  readonly #places = new Map<string, Place>();
  readonly #feeds = new Map<string, Feed<unknown>>();
  readonly #stopListening: () => void;
  #polled: ReadonlySet<string> = new Set();
  #look: Timer | undefined;
  #unanswered = 0;
  #gone: MapperError | undefined;
  /** Reports are as they should be; the device told so. */
  #isSetUp = false;
  #setUpAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(parts: ZigbeeDeviceParts) {
    this.#parts = parts;
    for (const { name } of parts.bindings) this.#feeds.set(name, new Feed({}, { limit: 16 }));
    this.#stopListening = parts.network.listen(this.ieee, (event) => this.#take(event));
  }

  get ieee(): string {
    return this.#parts.connection.ieee;
  }

  get network(): Network {
    return this.#parts.network;
  }

  get known(): KnownDevice {
    return this.#parts.network.device(this.ieee);
  }

  /**
   * Finds the properties on the device, tells it when to report, and asks one that listens whether it is there. Rejects
   * with `CONFIG_INVALID` when a property is nowhere on it, with `DEVICE_IO` when it is not in the network or silent.
   */
  async open(signal: AbortSignal): Promise<void> {
    const { known } = this;
    if (!known.endpoints.some(({ inputClusters }) => inputClusters.length > 0))
      throw new MapperError(
        "DEVICE_IO",
        `${this.ieee} has joined, but its interview is ${known.interviewState.toLowerCase().replace("_", " ")}`,
      );
    for (const binding of this.#parts.bindings) {
      const place = placeOf(known, binding);
      if (place) this.#places.set(binding.name, place);
    }
    if (isSleepy(known)) {
      this.#gone = this.#goneIfSilent();
      if (this.#gone) throw this.#gone;
      if (this.network.silentMs(this.ieee) < listensMs) await this.#setUp(false);
    } else {
      await this.#setUpNow(false);
      signal.throwIfAborted();
      const read = await readPlaces(this, [...this.#places.values()], { goOn: () => !signal.aborted });
      const failure = Object.values(read).find((one) => one instanceof Error && isSilence(one));
      if (failure) throw failure;
    }
    this.#lookIn(lookMs);
  }

  /** How long it has to answer. */
  get timeoutMs(): number {
    return this.#parts.connection.timeoutMs;
  }

  /** Reads properties with one request for each cluster; by name a value, or the Error that kept it. */
  async readMany(names: readonly string[], { goOn }: { goOn(): boolean }): Promise<Record<string, unknown>> {
    if (this.#gone) throw this.#gone;
    const { known } = this;
    const results: Record<string, unknown> = Object.create(null);
    const asked: Place[] = [];
    for (const name of names) {
      const place = this.#places.get(name);
      if (!place)
        results[name] = known.linkquality ?? new MapperError("DEVICE_IO", `${this.ieee} has said nothing yet`);
      else if (isSleepy(known)) results[name] = this.#lastSaid(known, place);
      else asked.push(place);
    }
    return Object.assign(results, await readPlaces(this, asked, { goOn }));
  }

  /** Makes the device take a value. Resolves when it said that it did. */
  async write(name: string, value: unknown): Promise<void> {
    if (this.#gone) throw this.#gone;
    const place = this.#places.get(name);
    const endpoint = place && this.known.getEndpoint(place.endpoint);
    if (!place || !endpoint) throw new MapperError("CONFIG_INVALID", `${name} cannot be written`);
    const { command, encode, manufacturerCode } = place.binding;
    await this.attempt<unknown>(name, (disableRecovery) => {
      const options = { timeout: this.timeoutMs, disableRecovery, disableDefaultResponse: false };
      const [attribute] = place.attributes;
      if (!command)
        return endpoint.write(place.cluster, { [attribute as string]: encode(value) } as never, {
          ...options,
          ...(manufacturerCode !== undefined && { manufacturerCode }),
        });
      const { cluster, command: verb, payload } = command(value);
      return endpoint.command(cluster, verb, payload as never, options);
    });
  }

  /** What the device tells of a property by itself; undefined when it has to be asked. */
  watch(name: string, signal: AbortSignal): AsyncIterable<unknown> | undefined {
    const place = this.#places.get(name);
    if (!place || this.#polled.has(name)) return undefined;
    const tells = place.binding.report !== undefined || place.binding.notification !== undefined;
    return tells ? this.#feeds.get(name)?.values({ signal }) : undefined;
  }

  /**
   * Sends something to the device. What did not arrive is sent again, with `search` after a new search for the way, which
   * takes many seconds when the device is off; what arrived and was not answered is not, because the device may have done
   * it. Rejects with our codes.
   */
  async attempt<T>(
    what: string,
    action: (disableRecovery: boolean) => Promise<T>,
    { search = true }: { readonly search?: boolean } = {},
  ): Promise<T> {
    const { network } = this.#parts;
    try {
      return await network.request(() => action(true));
    } catch (error) {
      if (!isUndelivered(error)) throw refused(error, { ieee: this.ieee, what });
    }
    try {
      return await network.request(() => action(!search));
    } catch (error) {
      throw refused(error, { ieee: this.ieee, what });
    }
  }

  /** Asks the device anew what it is, and tells it again when to report. */
  async interview(): Promise<void> {
    await this.attempt("the interview", () => this.known.interview(true));
    await this.#setUpNow(true);
  }

  /** Tells the device again when to report. */
  async configure(): Promise<void> {
    await this.#setUpNow(true);
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#stopListening();
    this.#look?.[Symbol.dispose]();
  }

  #take(event: DeviceEvent): void {
    switch (event.kind) {
      case "heard":
        this.#unanswered = 0;
        this.#gone = undefined;
        void this.#setUp(false);
        return;
      case "announced":
        void this.#comesBack();
        return;
      case "report":
        for (const place of this.#placesOn(event.endpoint, event.cluster))
          if (place.attributes.some((attribute) => event.names.includes(String(attribute)))) this.#push(place);
        return;
      case "command":
        for (const place of this.#placesOn(event.endpoint, event.cluster)) {
          const { notification } = place.binding;
          if (notification?.command !== event.command) continue;
          const attributes = { [String(place.attributes[0])]: event.data[notification.field] };
          this.known.getEndpoint(place.endpoint)?.saveClusterAttributeKeyValue(place.cluster, attributes);
          this.#push(place);
        }
        return;
      case "left":
        return this.#fail(new MapperError("DEVICE_IO", `${this.ieee} has left the network`));
      case "lost":
        return this.#fail(event.error);
    }
  }

  #placesOn(endpoint: number, cluster: string | number): readonly Place[] {
    return [...this.#places.values()].filter(
      (place) => place.endpoint === endpoint && place.cluster === String(cluster),
    );
  }

  #push(place: Place): void {
    const value = place.binding.decode(knownAttributes(this.known, place));
    if (value !== undefined) this.#feeds.get(place.binding.name)?.push(value);
  }

  #fail(error: Error): void {
    for (const feed of this.#feeds.values()) feed.fail(error);
  }

  #lastSaid(known: KnownDevice, place: Place): unknown {
    const value = place.binding.decode(knownAttributes(known, place));
    return value ?? new MapperError("DEVICE_IO", `${this.ieee} sleeps, and has not said its ${place.binding.name} yet`);
  }

  /** It got power again: its values may be others, and it may have forgotten when to report. */
  async #comesBack(): Promise<void> {
    this.#isSetUp = false;
    this.#setUpAt = Number.NEGATIVE_INFINITY;
    await this.#setUp(true);
    if (this.#isClosed || this.network.status !== "online" || isSleepy(this.known)) return;
    const places = [...this.#places.values()];
    const read = await readPlaces(this, places, { goOn: () => !this.#isClosed }).catch(
      () => ({}) as Record<string, unknown>,
    );
    for (const [name, value] of Object.entries(read)) if (!(value instanceof Error)) this.#feeds.get(name)?.push(value);
  }

  /** Sets up reports when that is due. Never rejects: it is tried again when the device is heard the next time. */
  async #setUp(force: boolean): Promise<void> {
    const { clock, log } = this.#parts;
    const now = clock.monotonic();
    if (this.#isClosed || this.#isSetUp || this.#places.size === 0 || now - this.#setUpAt < retryMs) return;
    this.#setUpAt = now;
    await this.#setUpNow(force).catch((error) =>
      log.debug("zigbee.reporting", { ieee: this.ieee, reason: reasonOf(error) }),
    );
  }

  async #setUpNow(force: boolean): Promise<void> {
    const { network } = this.#parts;
    this.#setUpAt = this.#parts.clock.monotonic();
    const places = [...this.#places.values()];
    try {
      await network.remind(this.ieee, async (mayHaveForgotten) => {
        this.#polled = await setUpReports({ network, ieee: this.ieee, places, force: force || mayHaveForgotten });
        await this.#readScaling();
      });
      this.#isSetUp = true;
    } catch (error) {
      throw refused(error, { ieee: this.ieee, what: "its reports" });
    }
  }

  /** Multipliers and divisors are constants of the device; the library keeps what was read once. */
  async #readScaling(): Promise<void> {
    for (const place of this.#places.values()) {
      const { scaling } = place.binding;
      const known = knownAttributes(this.known, place);
      if (!scaling || (known[scaling.multiplier] !== undefined && known[scaling.divisor] !== undefined)) continue;
      const wanted = [scaling.multiplier, scaling.divisor] as never;
      const read = (disableRecovery: boolean) =>
        this.known
          .getEndpoint(place.endpoint)
          ?.read(place.cluster, wanted, { timeout: this.timeoutMs, disableRecovery }) ?? Promise.resolve();
      await this.attempt<unknown>("its scaling", read).catch((error: unknown) => {
        if (error instanceof MapperError && error.code === "CONFIG_INVALID") return; // it does not scale
        throw error;
      });
    }
  }

  get #limitMs(): number {
    const { offlineAfter } = this.#parts.connection;
    return offlineAfter ?? (isSleepy(this.known) ? defaultLimitMs.battery : defaultLimitMs.mains);
  }

  #goneIfSilent(): MapperError | undefined {
    const silentMs = this.network.silentMs(this.ieee);
    if (silentMs < this.#limitMs) return undefined;
    return new MapperError("DEVICE_IO", `${this.ieee} has said nothing for ${formatDuration(silentMs)}`);
  }

  #lookIn(ms: number): void {
    if (this.#isClosed) return;
    this.#look = this.#parts.clock.after(ms, () => void this.#check(), { background: true });
  }

  async #check(): Promise<void> {
    try {
      if (this.network.status !== "online") return; // everybody was told
      const silentMs = this.network.silentMs(this.ieee);
      const silence = {
        isSleepy: isSleepy(this.known),
        silentMs,
        limitMs: this.#limitMs,
        unanswered: this.#unanswered,
      };
      const presence = presenceOf(silence);
      if (presence === "ask") {
        this.#unanswered++;
        const ping = (disableRecovery: boolean) => this.known.ping(disableRecovery);
        await this.attempt("a question whether it is there", ping, { search: this.#unanswered > 1 });
      } else if (presence === "gone" && !this.#gone) {
        this.#gone = this.#goneIfSilent();
        if (this.#gone) this.#fail(this.#gone);
      }
    } catch (error) {
      this.#parts.log.debug("zigbee.silent", { ieee: this.ieee, reason: reasonOf(error) });
    } finally {
      this.#lookIn(lookMs);
    }
  }
}

/** Not a refusal, which is an answer. */
const isSilence = (error: Error): boolean => error instanceof MapperError && error.code === "DEVICE_IO";
