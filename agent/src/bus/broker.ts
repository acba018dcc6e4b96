import type { Socket } from "node:net";
import type { Clock, Log, Scope } from "@edgetwin/mapper-sdk";
import { Aedes, type AuthenticateError, type Client, type PublishPacket, type Subscription } from "aedes";
import { batchWrites } from "./batch-writes.ts";
import type { Bus, BusFigures, BusHandler, Peer, PublishOptions } from "./bus.ts";
import { limitPacketSize } from "./limit-packet-size.ts";
import type { BrokerLimits } from "./limits.ts";
import { Sessions } from "./sessions.ts";
import { TopicEmitter } from "./topic-emitter.ts";
import { TopicTable } from "./topic-table.ts";

interface BrokerParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: BrokerLimits;
}

/** Nobody can subscribe to it: where messages end that were routed already. */
const sink = "$SYS/edgetwin/handled";

/** CONNACK return codes (MQTT 3.1.1 clause 3.2.2.3). */
const identifierRejected = 2;
const serverUnavailable = 3;

/** aedes with bounded memory, whose acknowledgements wait for the agent's own handlers. */
export class Broker implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #limits: BrokerLimits;
  readonly #router: TopicEmitter;
  readonly #handlers = new TopicTable<BusHandler>();
  readonly #sessions: Sessions;
  readonly #aedes: Aedes;
  readonly #sockets = new Set<Socket>();
  readonly #clients = new Map<string, { readonly client: Client; readonly since: number }>();
  readonly #filters = new Map<string, Set<string>>();
  readonly #subscribedListeners = new Set<(client: string, filter: string) => void>();
  #received = 0;
  #published = 0;
  #droppedForSlowClients = 0;

  private constructor({ clock, log, limits }: BrokerParts) {
    this.#clock = clock;
    this.#log = log;
    this.#limits = limits;
    this.#sessions = new Sessions(limits, (client) => this.#clients.has(client));
    this.#router = new TopicEmitter({
      nextCounter: () => this.#nextCounter(),
      keep: (packet) => this.#sessions.keep(packet),
    });
    this.#aedes = new Aedes({
      mq: this.#router,
      persistence: this.#sessions,
      authenticate: (client, _user, _password, done) => this.#admit(client, done),
      authorizePublish: (client, packet, done) => this.#receive(client, packet, done),
      authorizeSubscribe: (client, subscription, done) => done(null, this.#allow(client, subscription)),
      authorizeForward: (client, packet) => (this.#hasRoom(client, packet) ? packet : null),
    });
    this.#observe();
  }

  static async start(parts: BrokerParts): Promise<Broker> {
    const broker = new Broker(parts);
    await broker.#aedes.listen();
    return broker;
  }

  /** Serves one connection. */
  accept(socket: Socket): void {
    if (socket.destroyed) return;
    // Twice the clients: those beyond get a CONNACK that says why; a flood of connections gets nothing.
    if (this.#sockets.size >= this.#limits.clients * 2) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    limitPacketSize(socket, this.#limits.packetBytes);
    batchWrites(socket);
    this.#aedes.handle(socket);
  }

  /** The bus over this broker; disposing it disposes `owned`. */
  bus(owned: Scope): Bus {
    return {
      subscribe: (filter, handler) => {
        this.#handlers.add(filter, handler);
        return () => void this.#handlers.remove(filter, handler);
      },
      publish: (topic, payload, options) => this.#publish(topic, payload, options),
      hasSubscribers: (topic) => this.#router.hasSubscribers(topic) || this.#sessions.wants(topic),
      onSubscribed: (listener) => {
        this.#subscribedListeners.add(listener);
        return () => this.#subscribedListeners.delete(listener);
      },
      onConnected: () => () => undefined,
      peers: () => this.#peers(),
      seesSubscriptions: true,
      condition: () => ({ state: "ok" }),
      figures: () => this.#figures(),
      [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
  }

  #observe(): void {
    this.#aedes.on("client", (client) => {
      this.#clients.set(client.id, { client, since: this.#clock.now() });
      this.#log.info("mqtt client connected", { client: client.id, address: addressOf(client) });
    });
    this.#aedes.on("clientDisconnect", (client) => {
      this.#clients.delete(client.id);
      this.#filters.delete(client.id);
      this.#sessions.touch(client.id);
      this.#log.info("mqtt client disconnected", { client: client.id });
    });
    this.#aedes.on("clientError", (client, error) => {
      this.#log.warn("mqtt client failed", { client: client.id, reason: error.message });
    });
    this.#aedes.on("connectionError", (client, error) => {
      this.#log.warn("mqtt connection refused", { address: addressOf(client), reason: error.message });
    });
    this.#aedes.on("subscribe", (subscriptions, client) => {
      for (const { topic } of subscriptions) {
        for (const listener of this.#subscribedListeners) listener(client.id, topic);
      }
    });
    this.#aedes.on("unsubscribe", (filters, client) => {
      for (const filter of filters) this.#filters.get(client.id)?.delete(filter);
    });
  }

  #admit(client: Client, done: (error: AuthenticateError | null, success: boolean | null) => void): void {
    const { clients, clientIdLength } = this.#limits;
    const refuse = (message: string, returnCode: number) =>
      done(Object.assign(new Error(message), { returnCode }), false);
    if (client.id.length > clientIdLength)
      return refuse(
        `a client id has at most ${clientIdLength} characters, not ${client.id.length}`,
        identifierRejected,
      );
    if (this.#clients.size < clients || this.#clients.has(client.id)) return done(null, true);
    refuse(`the limit of ${clients} MQTT clients is reached`, serverUnavailable);
  }

  #allow(client: Client, subscription: Subscription): Subscription | null {
    const { subscriptionsPerClient, filterLength } = this.#limits;
    const filters = this.#filters.get(client.id) ?? new Set();
    this.#filters.set(client.id, filters);
    if (subscription.topic.length > filterLength) {
      this.#log.warn("mqtt subscription refused", { client: client.id, filterLength });
      return null;
    }
    if (!filters.has(subscription.topic) && filters.size >= subscriptionsPerClient) {
      this.#log.warn("mqtt subscription refused", { client: client.id, subscriptionsPerClient });
      return null;
    }
    filters.add(subscription.topic);
    return subscription;
  }

  /**
   * aedes acknowledges a QoS 1 message first and routes it afterwards; this hook is the only place before the
   * acknowledgement. So a message for the agent is routed here, handled here, and what goes on to aedes' own
   * routing ends in the sink.
   */
  #receive(client: Client | null, packet: PublishPacket, done: (error?: Error | null) => void): void {
    this.#received++;
    const handlers = this.#handlers.match(packet.topic);
    if (handlers.length === 0) {
      return packet.topic.startsWith("$SYS/") ? done(new Error("topics below $SYS/ belong to the broker")) : done(null);
    }
    const message = { topic: packet.topic, payload: bytesOf(packet.payload), client: client?.id };
    if (packet.retain || this.#router.hasSubscribers(packet.topic) || this.#sessions.wants(packet.topic)) {
      this.#route(packet);
    }
    packet.topic = sink;
    packet.retain = false;
    const finish = () => {
      done(null);
      // The acknowledgement is on its way; without a quality of service the rest of aedes' way has no promises in it.
      packet.qos = 0;
    };
    const pending = handlers.map((handler) => handler(message)).filter((result) => result !== undefined);
    if (pending.length === 0) return finish();
    const failed = (error: unknown) => this.#log.error("mqtt message not handled", { topic: message.topic, error });
    const first = pending[0] as Promise<void>;
    (pending.length === 1 ? first : Promise.all(pending)).then(finish, (error: unknown) => {
      failed(error);
      finish();
    });
  }

  #publish(topic: string, payload: string, { qos = 0, retain = false, to }: PublishOptions = {}): void {
    this.#published++;
    const packet: PublishPacket = { cmd: "publish", topic, payload: Buffer.from(payload), qos, retain, dup: false };
    if (to === undefined) this.#route(packet);
    else this.#clients.get(to)?.client.publish(packet, nothing);
  }

  /** Delivers a copy of `packet` before it returns, so that the order of calls is the order on every wire. */
  #route({ topic, payload, qos, retain }: PublishPacket): void {
    const packet = {
      cmd: "publish",
      brokerId: this.#aedes.id,
      brokerCounter: 0,
      topic,
      payload,
      qos,
      retain,
      dup: false,
    };
    // Never rejects: it only moves the packet into a map.
    if (retain) void this.#sessions.storeRetained(packet);
    this.#router.emit(packet);
  }

  /** aedes numbers with this counter too, e.g. what goes to one client only; two counters would collide. */
  #nextCounter(): number {
    const numbered = this.#aedes as Aedes & { counter: number };
    numbered.counter++;
    return numbered.counter;
  }

  /** A subscriber that reads too slowly loses QoS 0 messages; one that must not lose any is sent away to come again. */
  #hasRoom(client: Client, packet: PublishPacket): boolean {
    if (client.conn.writableLength <= this.#limits.unsentBytesPerClient) return true;
    this.#droppedForSlowClients++;
    if (packet.qos > 0) client.conn.destroy(new Error("the client reads too slowly"));
    return false;
  }

  #peers(): Peer[] {
    return [...this.#clients].map(([id, { client, since }]) => ({
      client: id,
      address: addressOf(client),
      since,
      subscriptions: [...(this.#filters.get(id) ?? [])],
    }));
  }

  #figures(): BusFigures {
    return {
      clients: this.#clients.size,
      received: this.#received,
      published: this.#published,
      dropped: {
        "slow client": this.#droppedForSlowClients,
        "offline session": this.#sessions.dropped,
        disconnected: 0,
      },
    };
  }
}

function addressOf({ conn }: Client): string {
  const { remoteAddress, remotePort } = conn as Socket;
  return `${remoteAddress}:${remotePort}`;
}

const bytesOf = (payload: string | Uint8Array): Uint8Array =>
  typeof payload === "string" ? Buffer.from(payload) : payload;

function nothing(): void {}
