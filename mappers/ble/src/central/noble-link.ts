import { type Clock, MapperError } from "@edgetwin/mapper-sdk";
import type { AttRefusal } from "../hci/hci-socket.ts";
import { patientTimer, type WayToController } from "../hci/patient-timer.ts";
import { uuidOf } from "../hci/uuid.ts";
import { AttError, wantsPairing } from "./att-error.ts";
import type { Characteristic, GattUse, Link } from "./central.ts";
import type { NobleCharacteristic, NobleDescriptor, NoblePeripheral } from "./noble.ts";

/** What a link is made of. */
export interface LinkParts {
  readonly address: string;
  readonly peripheral: NoblePeripheral;
  readonly clock: Clock;
  readonly requestMs: number;
  readonly way: WayToController;
}

interface Known extends Characteristic {
  readonly noble: NobleCharacteristic;
  descriptors?: readonly NobleDescriptor[];
}

interface CallOptions {
  readonly signal?: AbortSignal;
}

/** Before the two sides agree on more (Core 5.4, volume 3, part F 5.2.1). */
const leastMtu = 23;
/** Opcode and handle of a write. */
const writeHeader = 3;
/** How long a device may take to confirm that the link ends. */
const goodbyeMs = 1_000;

/** {@link Link} by one of the noble libraries, which tell neither a refusal nor a missing answer. */
export class NobleLink implements Link {
  readonly address: string;
  readonly #peripheral: NoblePeripheral;
  readonly #clock: Clock;
  readonly #requestMs: number;
  readonly #way: WayToController;
  readonly #ends = new Set<() => void>();
  readonly #onLost = new Set<(error: Error) => void>();
  #known: readonly Known[] = [];
  #last: Promise<unknown> = Promise.resolve();
  #fail: ((error: Error) => void) | undefined;
  #lost: Error | undefined;
  #pairing = false;

  constructor({ address, peripheral, clock, requestMs, way }: LinkParts) {
    this.address = address;
    this.#peripheral = peripheral;
    this.#clock = clock;
    this.#requestMs = requestMs;
    this.#way = way;
    peripheral.once("disconnect", this.#onDisconnect);
  }

  get mtu(): number {
    return this.#peripheral.mtu ?? leastMtu;
  }

  get characteristics(): readonly Characteristic[] {
    return this.#known;
  }

  get lost(): Error | undefined {
    return this.#lost;
  }

  onLost(action: (error: Error) => void): void {
    if (this.#lost) action(this.#lost);
    else this.#onLost.add(action);
  }

  /** Calls `action` when the link ends, whoever ended it. */
  onEnd(action: () => void): void {
    this.#ends.add(action);
  }

  /** Finds out what the device has. */
  async discover(signal: AbortSignal): Promise<void> {
    const { services } = await this.#request("to be asked what it has", { signal }, () =>
      this.#peripheral.discoverAllServicesAndCharacteristicsAsync(),
    );
    this.#known = services.flatMap((service) =>
      (service.characteristics ?? []).map((noble) => ({
        service: uuidOf(service.uuid) ?? service.uuid,
        uuid: uuidOf(noble.uuid) ?? noble.uuid,
        uses: new Set(noble.properties as readonly GattUse[]),
        noble,
      })),
    );
  }

  read(characteristic: Characteristic, options: CallOptions = {}): Promise<Uint8Array> {
    const { noble } = this.#find(characteristic);
    return this.#request(`a read of ${characteristic.uuid}`, options, () => noble.readAsync());
  }

  write(
    characteristic: Characteristic,
    bytes: Uint8Array,
    { withoutResponse = false, signal }: CallOptions & { readonly withoutResponse?: boolean } = {},
  ): Promise<void> {
    const { noble, uuid } = this.#find(characteristic);
    return this.#request(`a write of ${uuid}`, signal ? { signal } : {}, () => {
      if (withoutResponse && bytes.length > this.mtu - writeHeader) throw tooLong(uuid, bytes.length, this.mtu);
      return noble.writeAsync(Buffer.from(bytes), withoutResponse);
    });
  }

  async subscribe(
    characteristic: Characteristic,
    onValue: (bytes: Uint8Array) => void,
    options: CallOptions = {},
  ): Promise<void> {
    const { noble, uuid } = this.#find(characteristic);
    const onData = (bytes: Buffer, isNotification: boolean) => {
      if (isNotification) onValue(bytes);
    };
    noble.on("data", onData);
    this.onEnd(() => noble.off("data", onData));
    await this.#request(`a subscription to ${uuid}`, options, () => noble.subscribeAsync());
  }

  async descriptors(characteristic: Characteristic, options: CallOptions = {}): Promise<readonly string[]> {
    const found = await this.#descriptorsOf(characteristic, options);
    return found.map(({ uuid }) => uuidOf(uuid) ?? uuid);
  }

  async readDescriptor(characteristic: Characteristic, descriptor: string, options: CallOptions = {}) {
    const found = await this.#descriptor(characteristic, descriptor, options);
    return await this.#request(`a read of descriptor ${descriptor}`, options, () => found.readValueAsync());
  }

  async writeDescriptor(
    characteristic: Characteristic,
    descriptor: string,
    bytes: Uint8Array,
    options: CallOptions = {},
  ) {
    const found = await this.#descriptor(characteristic, descriptor, options);
    await this.#request(`a write of descriptor ${descriptor}`, options, () =>
      found.writeValueAsync(Buffer.from(bytes)),
    );
  }

  /** The device refused what it is asked just now. */
  refused(refusal: AttRefusal | "pairing"): void {
    if (refusal === "pairing") {
      const message = `${this.address} wants to be paired and refuses to be; pair it with its maker's application, or let it do without`;
      this.lose(new MapperError("DEVICE_IO", message));
      this.#disconnect();
    } else if (wantsPairing(refusal.code)) this.#pairing = true;
    // What was not found ends a search; the library knows that itself.
    else if (refusal.code !== 0x0a) this.#fail?.(new AttError(refusal.code));
  }

  /** The link is gone. */
  lose(error: Error): void {
    if (this.#lost) return;
    this.#lost = error;
    this.#peripheral.off("disconnect", this.#onDisconnect);
    this.#fail?.(error);
    for (const action of [...this.#ends]) action();
    for (const action of [...this.#onLost]) action(error);
    this.#onLost.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const wasUp = this.#lost === undefined;
    this.#onLost.clear();
    this.lose(new MapperError("DEVICE_ABORTED", `the link to ${this.address} is being closed`));
    if (!wasUp) return;
    // On a way that is held up the goodbye waits like everything else; whoever closes does not.
    if (this.#way.isBlocked) return this.#disconnect();
    await new Promise<void>((resolve) => {
      const timer = this.#clock.after(goodbyeMs, resolve);
      this.#peripheral.once("disconnect", () => {
        timer[Symbol.dispose]();
        resolve();
      });
      this.#disconnect();
    });
  }

  #disconnect(): void {
    // Without a controller nobody answers; the promise then stays, and nobody waits for it.
    this.#peripheral.disconnectAsync().catch(() => undefined);
  }

  readonly #onDisconnect = (): void => this.lose(new MapperError("DEVICE_IO", `the link to ${this.address} broke`));

  /** One request after the other; whoever gives up before its turn costs nothing. */
  #request<T>(what: string, { signal }: CallOptions, ask: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(async () => {
      signal?.throwIfAborted();
      if (this.#lost) throw this.#lost;
      return await this.#answered(what, ask);
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #answered<T>(what: string, ask: () => Promise<T>): Promise<T> {
    this.#pairing = false;
    const late = () => {
      const why = this.#pairing ? "; it wants an encrypted link, and pairing did not come about" : "";
      const message = `${this.address} did not answer ${what} within ${this.#requestMs} ms${why}`;
      // After a missing answer the protocol allows no other request (Core 5.4, volume 3, part F 3.3.3).
      this.lose(new MapperError("DEVICE_IO", message));
      this.#disconnect();
    };
    using _ = patientTimer(this.#clock, this.#requestMs, this.#way, late);
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#fail = reject;
        ask().then(resolve, reject);
      });
    } catch (error) {
      throw this.#lost ?? error;
    } finally {
      this.#fail = undefined;
    }
  }

  #find({ service, uuid }: Characteristic): Known {
    const found = this.#known.find((known) => known.uuid === uuid && known.service === service);
    if (!found) throw new TypeError(`${this.address} has no characteristic ${uuid} in ${service}`);
    return found;
  }

  async #descriptorsOf(characteristic: Characteristic, options: CallOptions): Promise<readonly NobleDescriptor[]> {
    const known = this.#find(characteristic);
    known.descriptors ??= await this.#request(`to be asked for descriptors of ${known.uuid}`, options, () =>
      known.noble.discoverDescriptorsAsync(),
    );
    return known.descriptors;
  }

  async #descriptor(
    characteristic: Characteristic,
    descriptor: string,
    options: CallOptions,
  ): Promise<NobleDescriptor> {
    const found = await this.#descriptorsOf(characteristic, options);
    const one = found.find(({ uuid }) => uuidOf(uuid) === descriptor);
    if (one) return one;
    const there = found.map(({ uuid }) => uuidOf(uuid) ?? uuid).join(", ") || "none";
    throw new MapperError("CONFIG_INVALID", `${characteristic.uuid} has no descriptor ${descriptor}; it has ${there}`);
  }
}

const tooLong = (uuid: string, bytes: number, mtu: number): MapperError =>
  new MapperError(
    "VALUE_INVALID",
    `${uuid}: ${bytes} bytes do not fit into one packet of ${mtu - writeHeader} without response; write with response, or raise mtu`,
  );
