import { type Clock, Feed, type Log, MapperError, type Scope, type Timer } from "@edgetwin/mapper-sdk";
import type { Adapter } from "../adapter/adapter.ts";
import type { Sighting } from "../adapter/sightings.ts";
import type { Advertisement } from "../hci/advertisement.ts";
import type { ScanSettings } from "../hci/hci-socket.ts";
import { decodeSensor, type ReadAs } from "../sensors/decode-sensor.ts";
import type { SensorSecrets, SensorValue } from "../sensors/sensor-format.ts";
import { findDevice } from "./find-device.ts";
import type { SensorProperty } from "./sensor-plan.ts";
import type { BleSession, ReadManyOptions } from "./session.ts";
import type { Target } from "./target.ts";

/** What a sensor's session is made of. */
export interface SensorParts {
  readonly adapter: Adapter;
  readonly clock: Clock;
  readonly log: Log;
  readonly target: Target;
  readonly format: ReadAs;
  readonly secrets: SensorSecrets;
  readonly scan: ScanSettings;
  readonly plan: ReadonlyMap<string, SensorProperty>;
  readonly searchMs: number;
  readonly silentMs: number;
}

/** The strength of the signal differs with every advertisement: it is read, and not pushed. */
const unpushed = "rssi";

/** A sensor that is only listened to. */
export class SensorSession implements BleSession {
  readonly #parts: SensorParts;
  readonly #values = new Map<string, SensorValue>();
  readonly #feeds = new Map<string, Feed<SensorValue>>();
  #address: string | undefined;
  #last: Uint8Array = new Uint8Array();
  #silence: Timer | undefined;
  #refused: string | undefined;
  #lost: MapperError | undefined;

  private constructor(parts: SensorParts) {
    this.#parts = parts;
    for (const [name, { value }] of parts.plan)
      if (value !== unpushed) this.#feeds.set(name, new Feed({}, { limit: 64 }));
  }

  /** Resolves when the sensor was heard for the first time. Rejects with `DEVICE_IO` when it was not, and why. */
  static async open(
    parts: SensorParts,
    { scope, signal }: { scope: Scope; signal: AbortSignal },
  ): Promise<SensorSession> {
    const { adapter, target, clock, searchMs, scan } = parts;
    const session = new SensorSession(parts);
    scope.defer(() => session.#silence?.[Symbol.dispose]());
    scope.use(
      adapter.join({
        sighting: (sighting, heard) => session.#hear(sighting, heard),
        lost: (error) => session.#lose(error),
      }),
    );
    scope.use(adapter.listen(scan));
    await findDevice(adapter, {
      ...{ title: target.title, clock, withinMs: searchMs, scan, signal },
      accept: () => session.#values.size > 0,
      hint: () => session.#refused,
    });
    return session;
  }

  async read(name: string): Promise<SensorValue> {
    if (this.#lost) throw this.#lost;
    const property = this.#property(name);
    const value = this.#values.get(property.value);
    if (value !== undefined) return property.fit(value);
    const said = [...this.#values.keys()].join(", ");
    throw new MapperError(
      "DEVICE_IO",
      `${this.#parts.target.title} has not said its ${property.value} yet; it said ${said}`,
    );
  }

  async readMany(names: readonly string[], _: ReadManyOptions): Promise<Record<string, unknown>> {
    const read = names.map(async (name) => [name, await this.read(name).catch((error: unknown) => error)] as const);
    return Object.fromEntries(await Promise.all(read));
  }

  write(): Promise<void> {
    throw new TypeError("a sensor cannot be written"); // its plan has no writable property
  }

  watch(name: string, signal: AbortSignal): AsyncIterable<SensorValue> | undefined {
    return this.#feeds.get(name)?.values({ signal });
  }

  #property(name: string): SensorProperty {
    const property = this.#parts.plan.get(name);
    if (!property) throw new TypeError(`${name} has no visitor`);
    return property;
  }

  #hear(sighting: Sighting, heard: Advertisement): void {
    if (
      this.#lost ||
      (this.#address === undefined ? !this.#parts.target.matches(sighting) : heard.address !== this.#address)
    )
      return;
    if (Buffer.compare(heard.data, this.#last) === 0) {
      // The same packet again, as sensors send each several times.
      if (this.#values.size > 0) this.#heardNow(heard);
      return;
    }
    this.#take(heard);
    // The answer to a question may be what told that it is this sensor; what it had said before counts then.
    if (heard.isScanResponse && this.#values.size === 0) this.#take(sighting.heard);
  }

  #take(heard: Advertisement): void {
    const { format, secrets, log, target } = this.#parts;
    const decoded = decodeSensor(heard, format, secrets);
    if (!decoded) return; // its name, or a format of somebody else
    this.#last = heard.data;
    if (decoded.kind === "refused") {
      if (this.#refused !== decoded.reason)
        log.warn("ble.sensor-refused", { device: target.title, reason: decoded.reason });
      this.#refused = decoded.reason;
      return;
    }
    this.#refused = undefined;
    this.#address = heard.address;
    this.#heardNow(heard);
    for (const [name, value] of Object.entries(decoded.values)) this.#values.set(name, value);
    for (const [name, { value, fit }] of this.#parts.plan) {
      const said = decoded.values[value];
      if (said !== undefined) this.#feeds.get(name)?.push(fit(said));
    }
  }

  #heardNow(heard: Advertisement): void {
    if (heard.rssi !== undefined) this.#values.set(unpushed, heard.rssi);
    const { clock, silentMs, target } = this.#parts;
    this.#silence?.[Symbol.dispose]();
    this.#silence = clock.after(silentMs, () =>
      this.#lose(new MapperError("DEVICE_IO", `${target.title} was not heard for ${silentMs / 1000} s`)),
    );
  }

  #lose(error: Error): void {
    if (this.#lost) return;
    this.#lost = error instanceof MapperError ? error : new MapperError("DEVICE_IO", error.message, { cause: error });
    this.#silence?.[Symbol.dispose]();
    for (const feed of this.#feeds.values()) feed.fail(this.#lost);
  }
}
