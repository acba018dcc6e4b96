import { type Clock, delay, Feed, linkSignals, MapperError, type Property } from "@edgetwin/mapper-sdk";
import type { Bridge } from "./bridge.ts";
import { decodeValue, encodeValue, type Payload, parsePayload, valueAt } from "./payload.ts";
import type { Zigbee2mqttConnection, Zigbee2mqttVisitor } from "./settings.ts";

/** A property and where it is in the messages. */
export interface BridgedProperty {
  readonly property: Property;
  readonly visitor: Zigbee2mqttVisitor;
}

/** One device of a zigbee2mqtt. What it said last is its values; it is asked for those that it has not said yet. */
export class BridgedDevice implements Disposable {
  readonly #bridge: Bridge;
  readonly #connection: Zigbee2mqttConnection;
  readonly #clock: Clock;
  readonly #properties: ReadonlyMap<string, BridgedProperty>;
  readonly #feeds: ReadonlyMap<string, Feed<unknown>>;
  readonly #messages = new Feed<Payload>({}, { limit: 16 });
  readonly #stop: (() => void)[];
  #said: Payload = {};
  #offline: string | undefined;

  constructor(
    { bridge, connection, clock }: { bridge: Bridge; connection: Zigbee2mqttConnection; clock: Clock },
    properties: ReadonlyMap<string, BridgedProperty>,
  ) {
    this.#bridge = bridge;
    this.#connection = connection;
    this.#clock = clock;
    this.#properties = properties;
    this.#feeds = new Map([...properties.keys()].map((name) => [name, new Feed<unknown>({}, { limit: 16 })]));
    this.#stop = [
      bridge.listen(connection.device, (bytes) => this.#take(bytes)),
      bridge.listen(`${connection.device}/availability`, (bytes) => this.#hears(bytes)),
    ];
  }

  /** Waits until the device has said anything. Rejects with `DEVICE_IO` when it does not, or is offline. */
  async open(signal: AbortSignal): Promise<void> {
    await this.#bridge.whenConnected(this.#connection.timeoutMs, { clock: this.#clock, signal });
    if (Object.keys(this.#said).length > 0) return;
    await this.#asked([...this.#properties.keys()], { signal, until: () => true });
  }

  /** What the device said last of a property; asks it when it has said nothing. */
  async read(name: string, signal: AbortSignal): Promise<unknown> {
    this.#check();
    const { property, visitor } = this.#known(name);
    const said = decodeValue(property, visitor, this.#said);
    if (said !== undefined) return said;
    await this.#asked([name], { signal, until: (payload) => valueAt(payload, visitor.key) !== undefined });
    return decodeValue(property, visitor, this.#said);
  }

  /** Makes the device take a value. Resolves when zigbee2mqtt says what the device has then. */
  async write(name: string, value: unknown, signal: AbortSignal): Promise<void> {
    this.#check();
    const { property, visitor } = this.#known(name);
    const send = () => this.#bridge.publish(`${this.#connection.device}/set`, encodeValue(property, visitor, value));
    const heard = (payload: Payload) => valueAt(payload, visitor.key) !== undefined;
    await this.#exchange(send, { signal, until: heard, what: `take ${name}` });
  }

  /** What the device tells of a property. */
  watch(name: string, signal: AbortSignal): AsyncIterable<unknown> | undefined {
    return this.#feeds.get(name)?.values({ signal });
  }

  [Symbol.dispose](): void {
    for (const stop of this.#stop) stop();
  }

  #asked(
    names: readonly string[],
    { signal, until }: { signal: AbortSignal; until(payload: Payload): boolean },
  ): Promise<void> {
    const keys = names.map((name) => this.#known(name).visitor.key.split(".")[0] as string);
    const question = Object.fromEntries(keys.map((key) => [key, ""]));
    const send = () => this.#bridge.publish(`${this.#connection.device}/get`, question);
    return this.#exchange(send, { signal, until, what: `say ${names.join(", ")}` });
  }

  async #exchange(
    send: () => Promise<void>,
    { signal, until, what }: { signal: AbortSignal; until(payload: Payload): boolean; what: string },
  ): Promise<void> {
    const { device, timeoutMs } = this.#connection;
    const over = new AbortController();
    using link = linkSignals(signal, over.signal);
    const messages = this.#messages.values({ signal: link.signal })[Symbol.asyncIterator]();
    let next = messages.next();
    next.catch(() => undefined); // awaited below, after the question was sent
    const late = delay(this.#clock, timeoutMs, link.signal).then(
      () => over.abort(),
      () => undefined,
    );
    try {
      await send();
      for (;;) {
        const { done, value } = await next;
        signal.throwIfAborted();
        if (done)
          throw new MapperError(
            "DEVICE_IO",
            `${device} did not ${what} within ${timeoutMs} ms (${this.#bridge.trouble})`,
          );
        if (until(value)) return;
        next = messages.next();
      }
    } finally {
      over.abort();
      await late;
    }
  }

  #known(name: string): BridgedProperty {
    const found = this.#properties.get(name);
    if (!found) throw new TypeError(`${name} has no visitor`);
    return found;
  }

  #check(): void {
    if (this.#offline !== undefined) throw new MapperError("DEVICE_IO", this.#offline);
  }

  #take(bytes: Uint8Array | undefined): void {
    if (!bytes) return this.#lose(this.#bridge.trouble);
    const payload = parsePayload(bytes);
    if (!payload) return;
    this.#offline = undefined;
    this.#said = { ...this.#said, ...payload };
    this.#messages.push(payload);
    for (const [name, { property, visitor }] of this.#properties) {
      try {
        const value = decodeValue(property, visitor, payload);
        if (value !== undefined) this.#feeds.get(name)?.push(value);
      } catch (error) {
        if (!(error instanceof MapperError)) throw error; // nonsense: reading says so
      }
    }
  }

  #hears(bytes: Uint8Array | undefined): void {
    if (bytes && /offline/.test(Buffer.from(bytes).toString("utf8")))
      this.#lose(`zigbee2mqtt says that ${this.#connection.device} is offline`);
    else if (bytes) this.#offline = undefined;
  }

  #lose(reason: string): void {
    this.#offline = reason;
    for (const feed of this.#feeds.values()) feed.fail(new MapperError("DEVICE_IO", reason));
  }
}
