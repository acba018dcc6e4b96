import { createRequire } from "node:module";
import type { Duplex } from "node:stream";
import type * as MqttPacket from "mqtt-packet";
import { topicMatches } from "../link/topic.ts";
import { RetainedTopics } from "./retained-topics.ts";

const { generate, parser } = createRequire(import.meta.url)("mqtt-packet") as typeof MqttPacket;

/** What goes wrong at the broker. */
export interface BrokerFaults {
  /** It takes connections and says nothing. */
  silent?: boolean;
  /** The code that it refuses connections with: 3 unavailable, 4 wrong password, 5 not authorised. */
  refuses?: 1 | 2 | 3 | 4 | 5 | undefined;
  /** It lets nobody read these. */
  forbids?: ((filter: string) => boolean) | undefined;
}

/** How a broker is set up. */
export interface BrokerOptions {
  /** Whom it lets in; everybody when left out. */
  readonly accepts?: (username: string | undefined, password: string | undefined) => boolean;
}

interface Session {
  readonly stream: Duplex;
  readonly filters: Map<string, 0 | 1 | 2>;
  will: { readonly topic: string; readonly payload: Buffer; readonly retain: boolean } | undefined;
  nextId: number;
}

/** A subscriber inside the process: an emulated device. */
export type Subscriber = (topic: string, payload: string) => void;

/**
 * An MQTT 3.1.1 broker made of memory, at the end of any stream of bytes: quality of service 0 and 1, retained messages,
 * wills, clean sessions.
 */
export class EmulatedBroker {
  readonly faults: BrokerFaults = {};
  readonly retained = new RetainedTopics();
  /** Every message that came from clients, in order. */
  readonly heard: { readonly topic: string; readonly payload: string }[] = [];
  readonly #options: BrokerOptions;
  readonly #sessions = new Set<Session>();
  readonly #subscribers: (readonly [filter: string, subscriber: Subscriber])[] = [];
  /** Connections that were taken since it began. */
  connections = 0;

  constructor(options: BrokerOptions = {}) {
    this.#options = options;
  }

  /** Clients that are connected now. */
  get clients(): number {
    return this.#sessions.size;
  }

  /** Serves one client. */
  accept(stream: Duplex): void {
    this.connections++;
    const session: Session = { stream, filters: new Map(), will: undefined, nextId: 1 };
    const packets = parser({ protocolVersion: 4 });
    packets.on("packet", (packet) => this.#receive(session, packet));
    packets.on("error", () => stream.destroy());
    stream.on("data", (bytes: Buffer) => packets.parse(bytes));
    stream.on("error", () => stream.destroy()); // the client went away
    stream.once("close", () => this.#ended(session));
  }

  /** Ends all connections, as a broker that restarts does; wills are published. */
  drop(): void {
    for (const { stream } of [...this.#sessions]) stream.destroy();
  }

  /** An emulated device hears what is published. */
  subscribe(filter: string, subscriber: Subscriber): void {
    this.#subscribers.push([filter, subscriber]);
  }

  /** An emulated device says something. */
  publish(topic: string, payload: string | object, { retain = false } = {}): void {
    const text = typeof payload === "string" ? payload : JSON.stringify(payload);
    this.#publish(topic, Buffer.from(text), retain);
  }

  #receive(session: Session, packet: MqttPacket.Packet): void {
    if (this.faults.silent) return;
    const send = (answer: MqttPacket.Packet) =>
      void (session.stream.writable && session.stream.write(generate(answer)));
    switch (packet.cmd) {
      case "connect":
        return this.#connect(session, packet, send);
      case "subscribe":
        return this.#subscribe(session, packet, send);
      case "unsubscribe":
        for (const filter of packet.unsubscriptions) session.filters.delete(filter);
        return send({ cmd: "unsuback", messageId: packet.messageId as number } as MqttPacket.Packet);
      case "publish":
        if (packet.qos === 1) send({ cmd: "puback", messageId: packet.messageId as number });
        this.heard.push({ topic: packet.topic, payload: packet.payload.toString() });
        return this.#publish(packet.topic, Buffer.from(packet.payload), packet.retain);
      case "pingreq":
        return send({ cmd: "pingresp" });
      case "disconnect":
        session.will = undefined;
        session.stream.end();
    }
  }

  #connect(session: Session, packet: MqttPacket.IConnectPacket, send: (answer: MqttPacket.Packet) => void): void {
    const { accepts } = this.#options;
    const isLetIn = !accepts || accepts(packet.username, packet.password?.toString());
    const returnCode = this.faults.refuses ?? (isLetIn ? 0 : 4);
    send({ cmd: "connack", returnCode, sessionPresent: false });
    if (returnCode !== 0) return void session.stream.end();
    const { will } = packet;
    if (will) session.will = { topic: will.topic, payload: Buffer.from(will.payload), retain: will.retain === true };
    this.#sessions.add(session);
  }

  #subscribe(session: Session, packet: MqttPacket.ISubscribePacket, send: (answer: MqttPacket.Packet) => void): void {
    const granted = packet.subscriptions.map(({ topic, qos }) => {
      if (this.faults.forbids?.(topic)) return 0x80;
      session.filters.set(topic, Math.min(qos, 1) as 0 | 1);
      return Math.min(qos, 1);
    });
    send({ cmd: "suback", messageId: packet.messageId as number, granted });
    for (const { topic: filter } of packet.subscriptions)
      if (session.filters.has(filter))
        for (const [topic, payload] of this.retained.matching(filter))
          this.#deliver(session, { topic, payload, retain: true });
  }

  #publish(topic: string, payload: Buffer, retain: boolean): void {
    if (retain) this.retained.keep(topic, payload);
    for (const session of this.#sessions)
      if ([...session.filters.keys()].some((filter) => topicMatches(filter, topic)))
        this.#deliver(session, { topic, payload, retain: false });
    for (const [filter, subscriber] of this.#subscribers)
      if (topicMatches(filter, topic)) subscriber(topic, payload.toString());
  }

  #deliver(session: Session, { topic, payload, retain }: { topic: string; payload: Buffer; retain: boolean }): void {
    if (!session.stream.writable) return;
    const qos = [...session.filters].find(([filter]) => topicMatches(filter, topic))?.[1] ?? 0;
    const messageId = session.nextId;
    if (qos > 0) session.nextId = (session.nextId % 65_535) + 1;
    session.stream.write(
      generate({ cmd: "publish", topic, payload, qos, retain, dup: false, ...(qos > 0 && { messageId }) }),
    );
  }

  #ended(session: Session): void {
    if (!this.#sessions.delete(session) || !session.will) return;
    const { topic, payload, retain } = session.will;
    this.#publish(topic, payload, retain);
  }
}
