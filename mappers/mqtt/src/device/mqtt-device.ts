import { type Clock, type Log, MapperError, type Timer } from "@edgetwin/mapper-sdk";
import type { BrokerLink, Listener } from "../link/broker-link.ts";
import type { Received } from "../link/client.ts";
import { until } from "../link/until.ts";
import type { Binding } from "../payload/binding.ts";
import type { Connection } from "../visitors/connection.ts";
import { Availability } from "./availability.ts";
import { Shown } from "./shown.ts";

/** What a device is made of. */
export interface DeviceParts {
  readonly link: BrokerLink;
  readonly connection: Connection;
  readonly bindings: readonly Binding[];
  readonly clock: Clock;
  readonly log: Log;
  readonly name: string;
}

/**
 * One device behind a broker, from when it was there until it is gone. When the connection is lost, the device says that
 * it is offline, or it is silent for too long, everything here fails with the reason: what it showed before is old.
 */
export class MqttDevice {
  readonly #parts: DeviceParts;
  readonly #availability: Availability;
  readonly #shown: ReadonlyMap<string, Shown>;
  readonly #byTopic = new Map<string, Shown[]>();
  readonly #gone = new AbortController();
  readonly #arrived = new Set<() => void>();
  #isOpen = false;
  #silence: Timer | undefined;

  constructor(parts: DeviceParts) {
    this.#parts = parts;
    this.#availability = new Availability(parts.connection);
    this.#shown = new Map(parts.bindings.map((binding) => [binding.name, new Shown(binding)]));
    for (const shown of this.#shown.values()) {
      const { state } = shown.binding;
      if (state !== undefined) this.#byTopic.set(state, [...(this.#byTopic.get(state) ?? []), shown]);
    }
  }

  /** Subscribes, and waits until the device is there. Returns what lets go of the topics. */
  async open(signal: AbortSignal): Promise<() => void> {
    const { link, connection } = this.#parts;
    await link.online(connection.timeoutMs, signal);
    const stopLost = link.onLost((reason) => this.#end(reason));
    const listener: Listener = (message) => this.#hear(message);
    const topics = new Set([...this.#availability.topics, ...this.#byTopic.keys()]);
    const filters = new Map([...topics].map((topic) => [topic, listener]));
    try {
      const release = await link.subscribe(filters, signal);
      const close = () => {
        stopLost();
        release();
        this.#end(new MapperError("DEVICE_ABORTED", `${this.#parts.name} is closed`));
      };
      try {
        await this.#isThere(signal);
        this.#isOpen = true;
        this.#listenForSilence();
        for (const { binding } of this.#shown.values())
          if (binding.request?.when === "open") await this.#publish(binding.request, signal);
        return close;
      } catch (error) {
        close();
        throw error;
      }
    } catch (error) {
      stopLost();
      throw error;
    }
  }

  /** The newest value, asked for where the device wants that. Rejects with `DEVICE_IO` when there is none in time. */
  read(name: string, signal: AbortSignal): unknown {
    if (this.#gone.signal.aborted) throw this.#gone.signal.reason;
    const shown = this.#find(name);
    if (shown.binding.request?.when === "read") return this.#ask(shown, signal);
    const { value } = shown;
    if (value !== undefined) return value;
    if (shown.binding.state !== undefined) return this.#first(shown, signal);
    throw new MapperError(
      "DEVICE_IO",
      `${name} is not known: it has no state topic, and nothing was written to it yet`,
    );
  }

  /** Values as they arrive; undefined for what is asked for. */
  watch(name: string, signal: AbortSignal): AsyncIterable<unknown> | undefined {
    const shown = this.#find(name);
    return shown.binding.request?.when === "read" ? undefined : shown.values(signal);
  }

  /**
   * Resolves when the state topic agrees, or, without one, when the broker has the command. Rejects with `DEVICE_IO` when
   * the device does something else.
   */
  async write(name: string, value: unknown, signal: AbortSignal): Promise<void> {
    const shown = this.#find(name);
    const { binding } = shown;
    if (binding.command === undefined) throw new TypeError(`${name} has no command topic`);
    const payload = binding.encode(value);
    const command = { topic: binding.command, payload, retain: binding.retain };
    if (binding.state === undefined) {
      await this.#publish({ ...command, qos: binding.qos }, signal);
      return shown.show(value);
    }
    // Registered before the command leaves: the answer may be there before the acknowledgement of the broker.
    let agreed = false;
    let onAgreed = () => {};
    const forget = shown.next((seen) => {
      agreed = binding.same(seen, value);
      if (agreed) onAgreed();
      return agreed;
    });
    try {
      await this.#publish({ ...command, qos: binding.qos }, signal);
      if (binding.request?.when === "read") await this.#publish(binding.request, signal);
      if (agreed) return;
      await this.#limited(
        binding.confirmMs,
        signal,
        () => disagreement(shown, value),
        (done) => {
          onAgreed = done;
          return forget;
        },
      );
    } finally {
      forget();
    }
  }

  /** Publishes, and returns what arrives next on another topic. */
  async request(
    message: { topic: string; payload: string },
    answerOn: string,
    options: RequestOptions,
  ): Promise<string> {
    const { link } = this.#parts;
    let onAnswer = (_: string) => {};
    let answer: string | undefined;
    const listener: Listener = ({ payload, retain }) => {
      if (retain) return; // an answer to an older question
      answer ??= payload.toString();
      onAnswer(answer);
    };
    const release = await link.subscribe(new Map([[answerOn, listener]]), options.signal);
    try {
      await this.#publish({ ...message, qos: 1 }, options.signal);
      const late = () => new MapperError("DEVICE_IO", `nothing came on ${answerOn} within ${options.timeoutMs} ms`);
      if (answer !== undefined) return answer;
      return await this.#limited<string>(options.timeoutMs, options.signal, late, (done) => {
        onAnswer = done;
        return release;
      });
    } finally {
      release();
    }
  }

  #hear(message: Received): void {
    const { topic, payload } = message;
    this.#listenForSilence();
    if (this.#availability.hear(topic, payload) && this.#availability.isOnline === false && this.#isOpen)
      this.#end(new MapperError("DEVICE_IO", this.#availability.absent));
    for (const shown of this.#byTopic.get(topic) ?? []) {
      try {
        shown.hear(payload);
      } catch (error) {
        const { name, log } = this.#parts;
        log.warn("mqtt.payload-refused", {
          device: name,
          property: shown.binding.name,
          reason: (error as Error).message,
        });
      }
    }
    for (const arrived of [...this.#arrived]) arrived();
  }

  async #isThere(signal: AbortSignal): Promise<void> {
    const { timeoutMs } = this.#parts.connection;
    const absent = () => new MapperError("DEVICE_IO", `the device is not there: ${this.#availability.absent}`);
    if (this.#availability.isOnline) return;
    await this.#limited(timeoutMs, signal, absent, (done) => this.#onArrival(() => this.#availability.isOnline, done));
  }

  async #first(shown: Shown, signal: AbortSignal): Promise<unknown> {
    const { timeoutMs } = this.#parts.connection;
    const { state } = shown.binding;
    const nothing = () => new MapperError("DEVICE_IO", `nothing was heard on ${state} yet`);
    return await this.#limited<unknown>(timeoutMs, signal, nothing, (done) => {
      const forget = shown.next((value) => {
        done(value);
        return true;
      });
      return forget;
    });
  }

  async #ask(shown: Shown, signal: AbortSignal): Promise<unknown> {
    const { request, state } = shown.binding;
    const { timeoutMs } = this.#parts.connection;
    let answered: { readonly value: unknown } | undefined;
    let onAnswer = (_: unknown) => {};
    const forget = shown.next((value) => {
      answered = { value };
      onAnswer(value);
      return true;
    });
    try {
      await this.#publish(request as { topic: string; payload: string }, signal);
      if (answered) return answered.value;
      const late = () => new MapperError("DEVICE_IO", `no answer on ${state} within ${timeoutMs} ms`);
      return await this.#limited<unknown>(timeoutMs, signal, late, (done) => {
        onAnswer = done;
        return forget;
      });
    } finally {
      forget();
    }
  }

  #publish(message: Parameters<BrokerLink["publish"]>[0], signal: AbortSignal): Promise<void> {
    if (this.#gone.signal.aborted) throw this.#gone.signal.reason;
    return this.#parts.link.publish(message, signal);
  }

  /** What `start` brings, or `late` after `ms`; ends with the device, too. */
  async #limited<T = void>(
    ms: number,
    signal: AbortSignal,
    late: () => Error,
    start: (done: (value: T) => void) => () => void,
  ): Promise<T> {
    const limit = new AbortController();
    using _ = this.#parts.clock.after(ms, () => limit.abort(late()));
    let stop = () => {};
    try {
      return await until<T>([this.#gone.signal, signal, limit.signal], (done) => {
        stop = start(done);
      });
    } finally {
      stop();
    }
  }

  #onArrival(holds: () => boolean | undefined, done: () => void): () => void {
    const look = () => {
      if (holds()) done();
    };
    this.#arrived.add(look);
    return () => this.#arrived.delete(look);
  }

  /** Begins when the device is there; each message begins it anew. */
  #listenForSilence(): void {
    const { connection, clock } = this.#parts;
    const { expireAfterMs } = connection;
    this.#silence?.[Symbol.dispose]();
    if (expireAfterMs === undefined || !this.#isOpen || this.#gone.signal.aborted) return;
    const silent = () => new MapperError("DEVICE_IO", `nothing was heard of the device for ${expireAfterMs} ms`);
    this.#silence = clock.after(expireAfterMs, () => this.#end(silent()));
  }

  #end(reason: Error): void {
    if (this.#gone.signal.aborted) return;
    this.#gone.abort(reason);
    this.#silence?.[Symbol.dispose]();
    for (const shown of this.#shown.values()) shown.fail(reason);
  }

  #find(name: string): Shown {
    const found = this.#shown.get(name);
    if (!found) throw new TypeError(`${name} has no visitor`);
    return found;
  }
}

/** How long an answer is waited for, and by whom. */
export interface RequestOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

function disagreement({ binding, value: seen }: Shown, wanted: unknown): Error {
  const { state, command, confirmMs } = binding;
  const says = seen === undefined ? "says nothing" : `says ${String(seen)}`;
  return new MapperError(
    "DEVICE_IO",
    `wrote ${String(wanted)} to ${command}, but ${state} ${says} after ${confirmMs} ms`,
  );
}
