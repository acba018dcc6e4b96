import { type Clock, type CredentialSource, delay, type Log, linkSignals, MapperError } from "@edgetwin/mapper-sdk";
import type { IClientOptions, MqttClient } from "mqtt";

/** Gets the messages of a topic; undefined when the connection or zigbee2mqtt is gone. */
export type TopicListener = (payload: Uint8Array | undefined) => void;

/** Which zigbee2mqtt, and in what world. */
export interface BridgeOptions {
  readonly url: string;
  readonly baseTopic: string;
  readonly credential: string | undefined;
  readonly credentials: CredentialSource | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Pause between two tries to connect, and how long one may take. */
const againMs = 2_000;
const connectMs = 10_000;

/** A connection to the broker of a zigbee2mqtt, which all devices behind it share. Connects again by itself. */
export class Bridge {
  readonly #client: MqttClient;
  readonly #baseTopic: string;
  readonly #where: string;
  readonly #listeners = new Map<string, Set<TopicListener>>();
  readonly #retained = new Map<string, Uint8Array>();
  #reason = "it has not been reached yet";
  #isTold = false;
  readonly #waiting = new Set<() => void>();

  private constructor(client: MqttClient, { url, baseTopic, log }: BridgeOptions) {
    this.#client = client;
    this.#baseTopic = baseTopic;
    this.#where = `${baseTopic} at ${url}`;
    client.on("message", (topic, payload) => this.#take(topic, payload));
    client.on("error", ({ message }) => {
      this.#reason = message;
    });
    client.on("close", () => {
      if (!this.#isTold) log.warn("zigbee2mqtt.lost", { bridge: this.#where, reason: this.#reason });
      this.#isTold = true;
      this.#lose();
    });
    client.on("connect", () => {
      if (this.#isTold) log.info("zigbee2mqtt.back", { bridge: this.#where });
      this.#isTold = false;
      const topics = [...this.#listeners.keys(), `${baseTopic}/bridge/state`];
      client.subscribe(topics, { qos: 1 }, () => {
        for (const tell of [...this.#waiting]) tell();
      });
    });
  }

  /** Begins to connect; the library is loaded now. Rejects with `CONFIG_INVALID` when there is no such credential. */
  static async open(options: BridgeOptions): Promise<Bridge> {
    const { url, credential, credentials } = options;
    const { connect } = await import("mqtt");
    const who = credential === undefined ? undefined : credentials?.(credential, url);
    if (credential !== undefined && !who)
      throw new MapperError("CONFIG_INVALID", `connection.credential: nobody here knows ${credential}`);
    const settings: IClientOptions = {
      reconnectPeriod: againMs,
      connectTimeout: connectMs,
      queueQoSZero: false,
      resubscribe: false,
      ...(who?.username !== undefined && { username: who.username }),
      ...(who?.secret !== undefined && { password: who.secret }),
      ...(who?.ca !== undefined && { ca: who.ca }),
      ...(who?.certificate !== undefined && { cert: who.certificate }),
      ...(who?.key !== undefined && { key: who.key }),
    };
    return new Bridge(connect(url, settings), options);
  }

  /** Hears the messages below the base topic until the return value is called; what is known already comes at once. */
  listen(name: string, listener: TopicListener): () => void {
    const topic = `${this.#baseTopic}/${name}`;
    const set = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, set.add(listener));
    const retained = this.#retained.get(topic);
    if (retained) listener(retained);
    else if (set.size === 1 && this.#client.connected) this.#client.subscribe(topic, { qos: 1 });
    return () => {
      set.delete(listener);
      if (set.size > 0 || this.#listeners.get(topic) !== set) return;
      this.#listeners.delete(topic);
      this.#retained.delete(topic);
      if (this.#client.connected) this.#client.unsubscribe(topic);
    };
  }

  /** Waits for a connection. Rejects with `DEVICE_IO` when there is none after `timeoutMs`, with the signal's reason before. */
  async whenConnected(timeoutMs: number, { clock, signal }: { clock: Clock; signal: AbortSignal }): Promise<void> {
    if (this.#client.connected) return;
    const connected = new AbortController();
    const tell = () => connected.abort();
    this.#waiting.add(tell);
    try {
      using link = linkSignals(signal, connected.signal);
      await delay(clock, timeoutMs, link.signal).catch(() => undefined);
    } finally {
      this.#waiting.delete(tell);
    }
    signal.throwIfAborted();
    if (!this.#client.connected) throw new MapperError("DEVICE_IO", this.trouble);
  }

  /** Sends to a topic below the base topic. Rejects with `DEVICE_IO` while there is no connection. */
  async publish(name: string, payload: unknown): Promise<void> {
    if (!this.#client.connected) throw new MapperError("DEVICE_IO", `no connection to ${this.#where}: ${this.#reason}`);
    await this.#client.publishAsync(`${this.#baseTopic}/${name}`, JSON.stringify(payload), { qos: 0 });
  }

  /** Why nothing can be said now; for messages. */
  get trouble(): string {
    return this.#client.connected ? `${this.#where} says nothing` : `no connection to ${this.#where}: ${this.#reason}`;
  }

  async close(): Promise<void> {
    this.#isTold = true;
    await this.#client.endAsync(true);
  }

  #take(topic: string, payload: Uint8Array): void {
    if (topic === `${this.#baseTopic}/bridge/state` && /offline/.test(Buffer.from(payload).toString("utf8"))) {
      this.#reason = "zigbee2mqtt is offline";
      this.#lose();
    }
    const set = this.#listeners.get(topic);
    if (!set) return;
    this.#retained.set(topic, payload);
    for (const listener of [...set]) listener(payload);
  }

  #lose(): void {
    this.#retained.clear();
    for (const set of [...this.#listeners.values()]) for (const listener of [...set]) listener(undefined);
  }
}

interface Entry {
  readonly bridge: Promise<Bridge>;
  users: number;
}

const bridges = new Map<string, Entry>();

/** The connection to a zigbee2mqtt, shared by everybody who asks for the same; it closes with its last user. */
export async function acquireBridge(options: BridgeOptions): Promise<{ readonly bridge: Bridge } & AsyncDisposable> {
  const key = JSON.stringify([options.url, options.baseTopic, options.credential]);
  const entry = bridges.get(key) ?? { bridge: Bridge.open(options), users: 0 };
  bridges.set(key, entry);
  entry.users++;
  const release = async () => {
    entry.users--;
    if (entry.users > 0) return;
    bridges.delete(key);
    await (await entry.bridge).close();
  };
  try {
    return { bridge: await entry.bridge, [Symbol.asyncDispose]: release };
  } catch (error) {
    if (--entry.users === 0) bridges.delete(key);
    throw error;
  }
}
