import { Readable } from "node:stream";
import type { BrokerLimits } from "./limits.ts";
import { type QueuedPacket, SessionQueue, sizeOf } from "./session-queue.ts";
import { matchesFilter, TopicTable } from "./topic-table.ts";

interface ClientRef {
  readonly id: string;
}

interface Subscription {
  readonly topic: string;
  readonly qos: number;
  readonly rh?: number;
  readonly rap?: boolean;
  readonly nl?: boolean;
}

interface Subscriber extends Subscription {
  readonly clientId: string;
}

interface Session {
  readonly subscriptions: Map<string, Subscriber>;
  readonly queue: SessionQueue;
}

interface Will extends QueuedPacket {
  readonly brokerId?: string;
  clientId?: string;
}

/**
 * Persistent sessions, retained messages and wills of the embedded broker (aedes' `persistence` option), in memory and bounded.
 * The stock store has no limits, and it queues `$hw/...` for sessions that subscribed to `#`, against MQTT 3.1.1
 * clause 4.7.2. Sessions do not survive the agent: MQTT clients subscribe again when the broker has no session for them.
 */
export class Sessions {
  readonly #limits: BrokerLimits;
  readonly #sessions = new Map<string, Session>();
  readonly #subscribers = new TopicTable<Subscriber>();
  readonly #retained = new Map<string, QueuedPacket>();
  #retainedBytes = 0;
  readonly #incoming = new Map<string, Map<number, QueuedPacket>>();
  readonly #wills = new Map<string, Will>();
  readonly #isConnected: (client: string) => boolean;
  #dropped = 0;

  constructor(limits: BrokerLimits, isConnected: (client: string) => boolean) {
    this.#limits = limits;
    this.#isConnected = isConnected;
  }

  /** Messages that full sessions lost. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Sessions kept, connected or not. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Whether a session, connected or away, wants QoS 1 messages of `topic`. */
  wants(topic: string): boolean {
    return this.#subscribers.match(topic).length > 0;
  }

  async setup(): Promise<void> {}

  async addSubscriptions({ id }: ClientRef, subscriptions: readonly Subscription[]): Promise<void> {
    const session = this.#sessionOf(id);
    for (const subscription of subscriptions) {
      this.#forget(session, subscription.topic);
      const subscriber = { ...subscription, clientId: id };
      session.subscriptions.set(subscription.topic, subscriber);
      if (subscription.qos > 0) this.#subscribers.add(subscription.topic, subscriber);
    }
  }

  async removeSubscriptions({ id }: ClientRef, topics: readonly string[]): Promise<void> {
    const session = this.#sessions.get(id);
    if (session) for (const topic of topics) this.#forget(session, topic);
  }

  async subscriptionsByClient({ id }: ClientRef): Promise<Subscription[]> {
    const session = this.#sessions.get(id);
    return session ? [...session.subscriptions.values()] : [];
  }

  /** Nobody: what aedes would queue here, `keep` has queued when the packet was routed. */
  async subscriptionsByTopic(): Promise<readonly Subscriber[]> {
    return [];
  }

  /** Queues a packet for the sessions that want it; it leaves the queue with its acknowledgement. */
  keep(packet: QueuedPacket): void {
    const subscribers = this.#subscribers.match(packet.topic ?? "");
    if (subscribers.length === 0) return;
    const clients = new Set(subscribers.map(({ clientId }) => clientId));
    for (const client of clients) this.#dropped += this.#sessions.get(client)?.queue.push(packet) ?? 0;
  }

  /** A client came back with clean session true: what was kept for it is gone (MQTT 3.1.1 clause 3.1.2.4). */
  async cleanSubscriptions({ id }: ClientRef): Promise<void> {
    this.#end(id);
  }

  async outgoingEnqueue({ clientId }: { readonly clientId: string }, packet: QueuedPacket): Promise<void> {
    this.#dropped += this.#sessions.get(clientId)?.queue.push(packet) ?? 0;
  }

  async outgoingEnqueueCombi(): Promise<void> {}

  async outgoingUpdate({ id }: ClientRef, packet: QueuedPacket): Promise<void> {
    this.#sessions.get(id)?.queue.update(packet);
  }

  async outgoingClearMessageId({ id }: ClientRef, packet: QueuedPacket): Promise<QueuedPacket | undefined> {
    return this.#sessions.get(id)?.queue.clear(packet);
  }

  outgoingStream({ id }: ClientRef): Readable {
    return Readable.from(this.#sessions.get(id)?.queue.packets() ?? []);
  }

  async storeRetained(packet: QueuedPacket): Promise<void> {
    const topic = packet.topic ?? "";
    const former = this.#retained.get(topic);
    const isEmpty = (packet.payload?.length ?? 0) === 0;
    const bytes = this.#retainedBytes - (former ? sizeOf(former) : 0) + (isEmpty ? 0 : sizeOf(packet));
    const hasRoom =
      bytes <= this.#limits.retainedBytes && (former || this.#retained.size < this.#limits.retainedMessages);
    if (isEmpty) this.#retained.delete(topic);
    else if (hasRoom) this.#retained.set(topic, { ...packet });
    else {
      this.#dropped++;
      return;
    }
    this.#retainedBytes = bytes;
  }

  createRetainedStreamCombi(filters: readonly string[]): Readable {
    const matching = [...this.#retained].filter(([topic]) => filters.some((filter) => matchesFilter(filter, topic)));
    return Readable.from(matching.map(([, packet]) => packet));
  }

  async incomingStorePacket({ id }: ClientRef, packet: QueuedPacket): Promise<void> {
    const packets = this.#incoming.get(id) ?? new Map<number, QueuedPacket>();
    this.#incoming.set(id, packets);
    const known = packets.get(packet.messageId ?? 0);
    let bytes = sizeOf(packet) - (known ? sizeOf(known) : 0);
    for (const waiting of packets.values()) bytes += sizeOf(waiting);
    const { queuedMessagesPerSession, queuedBytesPerSession } = this.#limits;
    if ((!known && packets.size >= queuedMessagesPerSession) || bytes > queuedBytesPerSession)
      throw new Error(`${packets.size} QoS 2 messages wait for their PUBREL`);
    packets.set(packet.messageId ?? 0, { ...packet });
    // A client with a session that never comes back to release its messages.
    const excess = oldest(this.#incoming, this.#limits.sessions, (other) => other !== id && !this.#isConnected(other));
    for (const other of excess) this.#incoming.delete(other);
  }

  async incomingGetPacket({ id }: ClientRef, { messageId }: QueuedPacket): Promise<QueuedPacket> {
    const packet = this.#incoming.get(id)?.get(messageId ?? 0);
    if (!packet) throw new Error(`client ${id} has no packet ${messageId}`);
    return packet;
  }

  async incomingDelPacket({ id }: ClientRef, { messageId }: QueuedPacket): Promise<void> {
    const packets = this.#incoming.get(id);
    if (!packets?.delete(messageId ?? 0)) throw new Error(`client ${id} has no packet ${messageId}`);
    if (packets.size === 0) this.#incoming.delete(id);
  }

  async cleanIncoming({ id }: ClientRef): Promise<void> {
    this.#incoming.delete(id);
  }

  async putWill({ id }: ClientRef, will: Will): Promise<void> {
    will.clientId = id;
    this.#wills.set(id, will);
  }

  async delWill({ id }: ClientRef): Promise<Will | undefined> {
    const will = this.#wills.get(id);
    this.#wills.delete(id);
    return will;
  }

  /** Wills of other brokers of a cluster that died; there is no cluster. */
  streamWill(): Readable {
    return Readable.from([]);
  }

  #sessionOf(id: string): Session {
    const known = this.#sessions.get(id);
    if (known) return known;
    const limits = { messages: this.#limits.queuedMessagesPerSession, bytes: this.#limits.queuedBytesPerSession };
    const session: Session = { subscriptions: new Map(), queue: new SessionQueue(limits) };
    this.#sessions.set(id, session);
    const excess = oldest(this.#sessions, this.#limits.sessions, (other) => other !== id && !this.#isConnected(other));
    for (const other of excess) this.#end(other);
    return session;
  }

  /** Marks a session as the one used last, so that it is the last to be given up. */
  touch(id: string): void {
    const session = this.#sessions.get(id);
    if (!session) return;
    this.#sessions.delete(id);
    this.#sessions.set(id, session);
  }

  #end(id: string): void {
    const session = this.#sessions.get(id);
    if (!session) return;
    for (const topic of [...session.subscriptions.keys()]) this.#forget(session, topic);
    this.#sessions.delete(id);
    this.#incoming.delete(id);
  }

  #forget(session: Session, topic: string): void {
    const subscriber = session.subscriptions.get(topic);
    if (!subscriber) return;
    session.subscriptions.delete(topic);
    if (subscriber.qos > 0) this.#subscribers.remove(topic, subscriber);
  }
}

/** The keys that have to go, oldest first, so that `limit` are left; only those that may go. */
function oldest(map: ReadonlyMap<string, unknown>, limit: number, mayGo: (key: string) => boolean): readonly string[] {
  if (map.size <= limit) return [];
  return [...map.keys()].filter(mayGo).slice(0, map.size - limit);
}
