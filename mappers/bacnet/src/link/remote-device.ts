import { type Clock, type Log, MapperError } from "@edgetwin/mapper-sdk";
import type { BacnetServices, CovNotification, IAm, PropertyPlace, PropertyResult } from "../client/bacnet-library.ts";
import { CovKeeper, type CovSettings } from "../cov/cov-keeper.ts";
import { DeviceHealth } from "./device-health.ts";
import type { Endpoint } from "./endpoint.ts";
import { ReadSizes } from "./read-sizes.ts";
import { SilenceError } from "./silence.ts";
import { type Station, stationKey } from "./station.ts";
import { Turns } from "./turns.ts";
import { waitUpTo } from "./wait-up-to.ts";

/** How a device is treated. */
export interface DeviceSettings {
  readonly instance: number;
  /** Where it is until it says something else. */
  readonly station: Station | undefined;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly cov: CovSettings;
}

/** Options of every request. */
export interface AskOptions {
  /** Somebody waits for it. */
  readonly urgent: boolean;
  readonly signal: AbortSignal;
}

/** What else a reading may be asked with. */
export interface ReadOptions extends AskOptions {
  /** Asked between two requests; false leaves the rest for another time. */
  goOn?(): boolean;
}

/** One device of the network, whoever uses it: where it is, whether it answers, and its turns. */
export class RemoteDevice {
  readonly settings: DeviceSettings;
  readonly cov: CovKeeper;
  readonly #endpoint: Endpoint;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #turns = new Turns();
  readonly #health = new DeviceHealth();
  readonly #sizes = new ReadSizes();
  #station: Station | undefined;
  /** Another one that goes by the same instance. */
  #other: Station | undefined;

  constructor(
    endpoint: Endpoint,
    settings: DeviceSettings,
    { clock, log }: { readonly clock: Clock; readonly log: Log },
  ) {
    this.#endpoint = endpoint;
    this.#clock = clock;
    this.#log = log;
    this.settings = settings;
    this.#station = settings.station;
    this.cov = new CovKeeper(this, { ...settings.cov, clock, log, answerMs: settings.timeoutMs });
  }

  get instance(): number {
    return this.settings.instance;
  }

  /** For messages: `"device 1234 at 10.0.0.5:47808"`. */
  get name(): string {
    return `device ${this.instance}${this.#station ? ` at ${stationKey(this.#station)}` : ""}`;
  }

  /** Milliseconds until a device that was silent is asked again. */
  get restMs(): number {
    return this.#health.waitMs(this.#clock.monotonic());
  }

  /**
   * Runs requests that nobody else of this machine gets between. Rejects with `DEVICE_IO` when the device does not
   * answer, with a `BacnetRefusal` when it refuses, with the signal's reason when it aborts.
   */
  async run<T>({ urgent, signal }: AskOptions, job: (services: BacnetServices) => Promise<T>): Promise<T> {
    return await this.#turns.run({ urgent, signal }, async () => {
      if (!urgent && this.restMs > 0)
        throw new MapperError("DEVICE_IO", `${this.name} did not answer; asked again in ${inWords(this.restMs)}`);
      const { timeoutMs, retries } = this.settings;
      try {
        const station = await this.#locate(signal);
        const exchange = (request: Uint8Array) =>
          this.#endpoint.exchange(station, request, { timeoutMs, retries, signal });
        const result = await job(this.#endpoint.library.services(exchange));
        this.#noteHeard();
        return result;
      } catch (error) {
        throw error instanceof SilenceError ? await this.#noteSilence(error) : error;
      }
    });
  }

  /** Reads as many places at once as the device can answer; by place a result, or undefined when it was not begun. */
  async read(places: readonly PropertyPlace[], options: ReadOptions): Promise<(PropertyResult | undefined)[]> {
    const goOn = options.goOn ?? (() => true);
    const results: (PropertyResult | undefined)[] = [];
    while (results.length < places.length) {
      if (results.length > 0 && !goOn()) break;
      const wanted = places.slice(results.length, results.length + this.#sizes.places);
      results.push(...(await this.run(options, (services) => this.#sizes.read(services, wanted))));
    }
    return results;
  }

  /** The device said that it is there. */
  heard({ maxApdu, segmentation }: IAm, station: Station): void {
    this.#sizes.know({ maxApdu, segmentation });
    const known = this.#station;
    if (!known || this.#health.isSilent) {
      const moved = known && stationKey(known) !== stationKey(station);
      if (moved) this.#log.info("bacnet.device-moved", { device: this.instance, from: known.udp, to: station.udp });
      this.#station = ownStation(station);
      this.#noteHeard();
      this.cov.returned();
    } else if (stationKey(known) === stationKey(station)) this.cov.returned();
    else if (!this.#other) {
      this.#other = ownStation(station);
      const { instance } = this;
      this.#log.warn("bacnet.instance-twice", { device: instance, at: stationKey(known), alsoAt: stationKey(station) });
    }
  }

  /** True when somebody waits for it. */
  notified(notification: CovNotification): boolean {
    return this.cov.notified(notification);
  }

  async #locate(signal: AbortSignal): Promise<Station> {
    if (this.#station) return this.#station;
    const { timeoutMs, retries } = this.settings;
    for (let tries = 0; tries <= retries; tries++) {
      await waitUpTo(this.#clock, timeoutMs, this.#endpoint.ready(), signal);
      let heard = () => {};
      const answered = new Promise<void>((resolve) => {
        heard = resolve;
      });
      using _ = this.#endpoint.listen(({ instance }) => instance === this.instance && heard());
      await this.#endpoint.whoIs(this.instance, this.instance);
      if (!this.#station) await waitUpTo(this.#clock, timeoutMs, answered, signal);
      if (this.#station) return this.#station;
    }
    this.#health.wasSilent(this.#clock.monotonic());
    throw new MapperError("DEVICE_IO", `nobody says to be device ${this.instance} on ${this.#endpoint.name}`);
  }

  #noteHeard(): void {
    if (this.#health.wasHeard()) this.#log.info("bacnet.device-answers", { device: this.instance });
  }

  /** Next time it is looked for, where its place is not configured; where it is, it may say that it has another. */
  async #noteSilence(cause: SilenceError): Promise<MapperError> {
    const error = new MapperError("DEVICE_IO", `${this.name}: ${cause.message}`, { cause });
    const times = this.#health.wasSilent(this.#clock.monotonic());
    if (times === 1) this.#log.warn("bacnet.device-silent", { device: this.instance, at: this.#station?.udp ?? "" });
    this.#station = this.#other ?? this.settings.station;
    this.#other = undefined;
    if (this.#station) await this.#endpoint.whoIs(this.instance, this.instance).catch(() => undefined);
    return error;
  }

  /** Cancels what it was subscribed to. */
  async close(): Promise<void> {
    await this.cov.close();
  }
}

/** Without the datagram that it came in. */
const ownStation = ({ udp, remote }: Station): Station => ({
  udp,
  ...(remote && { remote: { network: remote.network, mac: Uint8Array.from(remote.mac) } }),
});

const inWords = (ms: number): string => (ms < 1000 ? `${Math.ceil(ms)} ms` : `${Math.ceil(ms / 1000)} s`);
