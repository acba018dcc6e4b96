import { randomBytes } from "node:crypto";
import type { Clock, Log, Timer } from "@edgetwin/mapper-sdk";
import { connect, type IClientOptions, type IPublishPacket, type MqttClient } from "mqtt";
import { type Backoff, backoffMs } from "../backoff.ts";
import { AgentError } from "../errors.ts";
import type { Bus, BusCondition, BusFigures, BusHandler, PublishOptions } from "./bus.ts";
import { TopicTable } from "./topic-table.ts";

export interface ExternalBusOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** `mqtt://host:1883` or `mqtts://host:8883`. */
  readonly url: string;
  /** Name of this node; part of the default client id. */
  readonly node: string;
  /** Default: `edgetwin-<node>-<random>`, so that two agents never evict each other. */
  readonly clientId?: string;
  readonly username?: string;
  readonly password?: string;
  /** Certificates in PEM form, for `mqtts`. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** What the broker says when we are gone without a word; asked for at every connect. */
  readonly will?: () => { readonly topic: string; readonly payload: Buffer; readonly retain: boolean };
  /** Topics whose retained messages count; of others they are old news. */
  readonly hearsRetained?: (topic: string) => boolean;
  readonly backoff?: Backoff;
  /** From 0 to 1; replaceable for tests. */
  readonly random?: () => number;
}

/** Client id of KubeEdge's led-raspberrypi mapper, fixed in its code: whoever else takes it throws the mapper out. */
const ledMapperClientId = "eventbus";

/** Messages in work at the same time before the connection is read no further. */
const window = 256;

/**
 * The bus over somebody else's MQTT 3.1.1 broker, e.g. mosquitto. It reconnects for ever and subscribes again by itself.
 * Nothing is queued while the connection is down: what is level-triggered is published anew when it is back.
 *
 * @throws AgentError `CONFIG_INVALID` for a client id or URL that cannot work. A broker that does not answer is no error.
 */
export function openExternalBus(options: ExternalBusOptions): ExternalBus {
  const { node, clientId = `edgetwin-${node}-${randomBytes(4).toString("hex")}` } = options;
  if (clientId === ledMapperClientId) {
    throw new AgentError(
      "CONFIG_INVALID",
      `the MQTT client id "${clientId}" belongs to KubeEdge's led-raspberrypi mapper; leave it out or choose another one`,
    );
  }
  if (!/^(mqtts?|tcp|ssl):\/\/[^/]/.test(options.url)) {
    throw new AgentError(
      "CONFIG_INVALID",
      `"${options.url}" is no MQTT broker; write it as mqtt://127.0.0.1:1883, or mqtts:// for TLS`,
    );
  }
  return new ExternalBus({ ...options, clientId });
}

/** See {@link openExternalBus}. */
export class ExternalBus implements Bus {
  readonly seesSubscriptions = false;
  readonly #options: ExternalBusOptions & { readonly clientId: string };
  readonly #handlers = new TopicTable<BusHandler>();
  readonly #filters = new Map<string, number>();
  readonly #connectedListeners = new Set<() => void>();
  #client: MqttClient;
  #retry: Timer | undefined;
  #attempt = 0;
  #closed = false;
  #condition: BusCondition = { state: "disconnected", reason: "connecting for the first time", retryInMs: 0 };
  #received = 0;
  #published = 0;
  #dropped = 0;

  constructor(options: ExternalBusOptions & { readonly clientId: string }) {
    this.#options = options;
    this.#client = this.#open();
  }

  subscribe(filter: string, handler: BusHandler): () => void {
    this.#handlers.add(filter, handler);
    const users = this.#filters.get(filter) ?? 0;
    this.#filters.set(filter, users + 1);
    if (users === 0 && this.#client.connected) this.#request([filter]);
    let active = true;
    return () => {
      if (!active) return;
      active = false;
      this.#release(filter, handler);
    };
  }

  publish(topic: string, payload: string | Buffer, { qos = 0, retain = false }: PublishOptions = {}): void {
    if (!this.#client.connected) {
      this.#dropped++;
      return;
    }
    this.#published++;
    this.#client.publish(topic, payload, { qos, retain });
  }

  hasSubscribers(): boolean {
    return this.#client.connected;
  }

  onSubscribed(): () => void {
    return () => undefined;
  }

  onConnected(listener: () => void): () => void {
    this.#connectedListeners.add(listener);
    return () => this.#connectedListeners.delete(listener);
  }

  peers(): [] {
    return [];
  }

  condition(): BusCondition {
    return this.#condition;
  }

  figures(): BusFigures {
    const dropped = { "slow client": 0, "offline session": 0, disconnected: this.#dropped };
    return { clients: 0, received: this.#received, published: this.#published, dropped };
  }

  /** Ends the connection, after what was published; another one follows. */
  reconnect(): void {
    this.#client.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#retry?.[Symbol.dispose]();
    // Not forced while connected: DISCONNECT tells the broker that this is no failure, after what was published.
    await this.#client.endAsync(!this.#client.connected);
  }

  /** A new client for each attempt: nothing of a former connection, such as unacknowledged messages, comes along. */
  #open(): MqttClient {
    const { url, clientId, username, password, tls, will } = this.#options;
    const settings: IClientOptions = {
      clientId,
      protocolVersion: 4,
      clean: true,
      keepalive: 30,
      connectTimeout: 10_000,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...tls,
      ...(will && { will: { ...will(), qos: 1 } }),
    };
    const client = connect(url, settings);
    let reason = "the broker closed the connection";
    let working = 0;
    let resume: (() => void) | undefined;
    client.handleMessage = (packet, next) => {
      // QoS 1 is acknowledged by next(); reading goes on meanwhile, so that changes can share one commit.
      working++;
      void this.#receive(packet).finally(() => {
        working--;
        const waiting = resume;
        resume = undefined;
        waiting?.();
      });
      if (working < window) next();
      else resume = () => next();
    };
    client.on("connect", () => this.#connected());
    client.on("error", (error) => {
      reason = error.message || String(error);
    });
    client.on("close", () => {
      client.removeAllListeners("close");
      client.end(true);
      this.#lost(reason);
    });
    return client;
  }

  #connected(): void {
    this.#attempt = 0;
    this.#condition = { state: "ok" };
    this.#options.log.info("mqtt broker connected", { url: this.#options.url, client: this.#options.clientId });
    // Told only when answers can be heard: whoever publishes now may be answered at once.
    const ready = () => {
      for (const listener of this.#connectedListeners) listener();
    };
    if (this.#filters.size > 0) this.#request([...this.#filters.keys()], ready);
    else ready();
  }

  #lost(reason: string): void {
    if (this.#closed) return;
    const { clock, log, url, backoff = { firstMs: 250, capMs: 30_000 }, random = Math.random } = this.#options;
    const retryInMs = backoffMs(backoff, ++this.#attempt, random);
    // One line for each outage, not one for each attempt.
    if (this.#condition.state === "ok" || this.#attempt === 1) log.warn("mqtt broker lost", { url, reason });
    this.#condition = { state: "disconnected", reason, retryInMs };
    this.#retry = clock.after(retryInMs, () => {
      this.#client = this.#open();
    });
  }

  #request(filters: string[], ready?: () => void): void {
    const client = this.#client;
    client.subscribe(filters, { qos: 1 }, (error, granted) => {
      const refused = granted?.filter(({ qos }) => qos > 2).map(({ topic }) => topic) ?? [];
      if (refused.length > 0) this.#options.log.error("mqtt broker refuses subscriptions", { filters: refused });
      else if (error && client.connected) {
        this.#options.log.warn("mqtt subscription failed", { filters, reason: error.message });
      }
      if (client.connected) ready?.();
    });
  }

  #release(filter: string, handler: BusHandler): void {
    this.#handlers.remove(filter, handler);
    const users = (this.#filters.get(filter) ?? 1) - 1;
    if (users > 0) {
      this.#filters.set(filter, users);
      return;
    }
    this.#filters.delete(filter);
    if (this.#client.connected) this.#client.unsubscribe(filter);
  }

  async #receive({ topic, payload, retain }: IPublishPacket): Promise<void> {
    this.#received++;
    // A retained message is an old one: a change that was made once must not be made again on every reconnect.
    if (retain && !this.#options.hearsRetained?.(topic)) return;
    const message = { topic, payload: typeof payload === "string" ? Buffer.from(payload) : payload, client: undefined };
    for (const handler of this.#handlers.match(topic)) {
      try {
        await handler(message);
      } catch (error) {
        this.#options.log.error("mqtt message not handled", { topic, error });
      }
    }
  }
}
