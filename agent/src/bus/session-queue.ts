/** A packet that waits for a persistent session, or for its acknowledgement. */
export interface QueuedPacket {
  readonly cmd?: string;
  readonly brokerId?: string;
  readonly brokerCounter?: number;
  readonly topic?: string;
  readonly payload?: string | Uint8Array;
  messageId?: number | undefined;
}

/** Room of one session. */
export interface QueueLimits {
  readonly messages: number;
  readonly bytes: number;
}

/** QoS 1 and 2 packets of one session, oldest first. When it is full the oldest goes: the newest state counts. */
export class SessionQueue {
  readonly #limits: QueueLimits;
  readonly #packets = new Map<string, QueuedPacket>();
  readonly #keysByMessageId = new Map<number, string>();
  #bytes = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get length(): number {
    return this.#packets.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Returns how many older packets had to go. */
  push(packet: QueuedPacket): number {
    this.#put(keyOf(packet), { ...packet });
    let gone = 0;
    for (const [key, oldest] of this.#packets) {
      if (this.#packets.size <= this.#limits.messages && this.#bytes <= this.#limits.bytes) break;
      this.#drop(key, oldest);
      gone++;
    }
    return gone;
  }

  /** Notes under which message id a packet was sent, or replaces a PUBLISH by the PUBREL that follows it (MQTT 3.1.1 clause 4.3.3). */
  update(packet: QueuedPacket): void {
    const key = keyOf(packet);
    const queued = packet.brokerId === undefined ? undefined : this.#packets.get(key);
    if (queued) {
      if (queued.messageId !== undefined) this.#keysByMessageId.delete(queued.messageId);
      queued.messageId = packet.messageId;
      if (packet.messageId !== undefined) this.#keysByMessageId.set(packet.messageId, key);
      return;
    }
    const sent = packet.messageId === undefined ? undefined : this.#keysByMessageId.get(packet.messageId);
    if (sent !== undefined) this.#put(sent, { ...packet });
  }

  /** Forgets an acknowledged packet and returns it. */
  clear({ messageId, ...packet }: QueuedPacket): QueuedPacket | undefined {
    const key = messageId === undefined ? keyOf(packet) : this.#keysByMessageId.get(messageId);
    const queued = key === undefined ? undefined : this.#packets.get(key);
    if (key !== undefined && queued) this.#drop(key, queued);
    return queued;
  }

  packets(): QueuedPacket[] {
    return [...this.#packets.values()];
  }

  #put(key: string, packet: QueuedPacket): void {
    const former = this.#packets.get(key);
    this.#bytes += sizeOf(packet) - (former ? sizeOf(former) : 0);
    this.#packets.set(key, packet);
    if (packet.messageId !== undefined) this.#keysByMessageId.set(packet.messageId, key);
  }

  #drop(key: string, packet: QueuedPacket): void {
    this.#packets.delete(key);
    this.#bytes -= sizeOf(packet);
    if (packet.messageId !== undefined) this.#keysByMessageId.delete(packet.messageId);
  }
}

const keyOf = ({ brokerId, brokerCounter }: QueuedPacket) => `${brokerId} ${brokerCounter}`;

/** What a packet takes, near enough: bytes of topic and payload. */
export const sizeOf = ({ topic, payload }: QueuedPacket): number => (topic?.length ?? 0) + (payload?.length ?? 0);
