import { type Clock, delay, type Log, MapperError } from "@edgetwin/mapper-sdk";
import type { Client, Message, Received } from "./client.ts";
import { topicMatches } from "./topic.ts";
import { until } from "./until.ts";

/** What a link is made of. */
export interface BrokerLinkParts {
  /** For messages: `mqtt://10.0.0.5:1883`. */
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Opens one connection. */
  readonly open: (onMessage: (message: Received) => void, signal: AbortSignal) => Promise<Client>;
}

/** Hears what arrives. */
export type Listener = (message: Received) => void;

/** First pause before the next attempt, and the longest; of each a random half. */
const reconnectMs = { first: 250, cap: 10_000 };

/**
 * The one connection to a broker, shared by all devices behind it. As long as somebody uses it, it comes back by itself and
 * subscribes anew, so that retained messages arrive again. It queues nothing: whoever publishes while it is away is told so.
 */
export class BrokerLink {
  readonly #parts: BrokerLinkParts;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #onLost = new Set<(reason: Error) => void>();
  readonly #onOnline = new Set<() => void>();
  readonly #closing = new AbortController();
  #client: Client | undefined;
  #failure: Error | undefined;
  #running: Promise<void> | undefined;

  constructor(parts: BrokerLinkParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when the connection stands; `patienceMs` is how long that may take.
   * @throws MapperError `DEVICE_IO` with what is in the way.
   */
  async online(patienceMs: number, signal: AbortSignal): Promise<void> {
    this.#running ??= this.#run();
    if (this.#client) return;
    const patience = new AbortController();
    using _ = this.#parts.clock.after(patienceMs, () => patience.abort(this.#unreachable()));
    let listener = () => {};
    try {
      await until<void>([patience.signal, signal, this.#closing.signal], (done) => {
        listener = done;
        this.#onOnline.add(listener);
      });
    } finally {
      this.#onOnline.delete(listener);
    }
  }

  /** Rejects with `DEVICE_IO` when there is no connection, or it is lost before the broker has the message. */
  async publish(message: Message, signal: AbortSignal): Promise<void> {
    const client = this.#client;
    if (!client) throw this.#unreachable();
    try {
      await client.publish(message, signal);
    } catch (cause) {
      throw signal.aborted ? cause : this.#failed(`publishing to ${message.topic}`, cause);
    }
  }

  /**
   * Calls the listener of each filter with what arrives on it until the returned function is called, over reconnects too.
   * What the broker has retained arrives anew. Resolves when the broker has taken all filters.
   */
  async subscribe(wanted: ReadonlyMap<string, Listener>, signal: AbortSignal): Promise<() => void> {
    const release = () => {
      for (const [filter, listener] of wanted) this.#forget(filter, listener);
    };
    for (const [filter, listener] of wanted) {
      const others = this.#listeners.get(filter) ?? new Set();
      this.#listeners.set(filter, others.add(listener));
    }
    try {
      if (!this.#client) throw this.#unreachable();
      await this.#client.subscribe([...wanted.keys()], signal);
      return release;
    } catch (cause) {
      release();
      if (signal.aborted || cause instanceof MapperError) throw cause;
      throw this.#failed("subscribing", cause);
    }
  }

  /** Calls `listener` each time the connection is lost. */
  onLost(listener: (reason: Error) => void): () => void {
    this.#onLost.add(listener);
    return () => this.#onLost.delete(listener);
  }

  /** Ends the connection for good. */
  async close(): Promise<void> {
    this.#closing.abort(new MapperError("DEVICE_ABORTED", `${this.#parts.name} is closed`));
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, log, name, random } = this.#parts;
    const { signal } = this.#closing;
    for (let failures = 0; !signal.aborted; ) {
      const wasOnline = await this.#serve();
      if (signal.aborted) return;
      if (wasOnline || failures === 0) log.warn("mqtt.link-lost", { broker: name, reason: this.#failure?.message });
      failures = wasOnline ? 1 : failures + 1;
      const full = Math.min(reconnectMs.cap, reconnectMs.first * 2 ** Math.min(failures - 1, 10));
      await delay(clock, full / 2 + (full / 2) * random(), signal).catch(() => {});
    }
  }

  /** One connection from its beginning to its end; whether it ever stood. */
  async #serve(): Promise<boolean> {
    const { signal } = this.#closing;
    let client: Client | undefined;
    let stood = false;
    try {
      client = await this.#parts.open((message) => this.#dispatch(message), signal);
      await client.subscribe([...this.#listeners.keys()], signal);
      this.#client = client;
      stood = true;
      this.#failure = undefined;
      this.#parts.log.info("mqtt.link-open", { broker: this.#parts.name });
      for (const listener of [...this.#onOnline]) listener();
      await until<never>([client.lost, signal], () => {});
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
    } finally {
      this.#client = undefined;
      if (stood) for (const listener of [...this.#onLost]) listener(this.#unreachable());
      await client?.[Symbol.asyncDispose]();
    }
    return stood;
  }

  #dispatch(message: Received): void {
    for (const [filter, listeners] of this.#listeners)
      if (topicMatches(filter, message.topic)) for (const listener of [...listeners]) listener(message);
  }

  #forget(filter: string, listener: Listener): void {
    const listeners = this.#listeners.get(filter);
    if (!listeners?.delete(listener) || listeners.size > 0) return;
    this.#listeners.delete(filter);
    if (!this.#closing.signal.aborted) this.#client?.unsubscribe(filter);
  }

  #unreachable(): MapperError {
    const why = this.#failure?.message ?? "it does not answer";
    if (this.#failure instanceof MapperError && !this.#failure.retryable) return this.#failure;
    return new MapperError("DEVICE_IO", `${this.#parts.name} cannot be used: ${why}`, { cause: this.#failure });
  }

  #failed(what: string, cause: unknown): MapperError {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new MapperError("DEVICE_IO", `${this.#parts.name}: ${what} failed: ${reason}`, { cause });
  }
}
