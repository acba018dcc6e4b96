import { TopicTable } from "./topic-table.ts";

/** A packet on its way through the broker. */
export interface Routed {
  readonly topic: string;
  readonly qos: number;
  /** Position in the order of delivery; aedes takes a packet that is not behind the last one for a duplicate. */
  brokerCounter: number;
}

/** Delivers a packet to one subscriber and calls back when it was written. */
export type Deliver = (packet: Routed, done: () => void) => void;

interface EmitterParts {
  /** The next number in the order of delivery. */
  readonly nextCounter: () => number;
  /** Keeps a QoS 1 or 2 packet for the persistent sessions that want it, before it is delivered. */
  readonly keep: (packet: Routed) => void;
}

/**
 * The router inside aedes (its `mq` option, mqemitter's interface). Three things differ from the stock one. Matches are
 * remembered per topic. A publisher never waits for the sockets of subscribers: with the stock router one subscriber
 * that stops reading holds up every publisher for a minute; what piles up is bounded by `authorizeForward` instead. And
 * packets are numbered when they are delivered: aedes numbers them earlier, so that a QoS 1 packet that was overtaken
 * by a QoS 0 one is taken for a duplicate and lost.
 */
export class TopicEmitter {
  readonly #table = new TopicTable<Deliver>();
  readonly #parts: EmitterParts;
  #closed = false;

  constructor(parts: EmitterParts) {
    this.#parts = parts;
  }

  on(filter: string, deliver: Deliver, done?: () => void): this {
    this.#table.add(filter, deliver);
    if (done) setImmediate(done);
    return this;
  }

  removeListener(filter: string, deliver: Deliver, done?: () => void): this {
    this.#table.remove(filter, deliver);
    if (done) setImmediate(done);
    return this;
  }

  emit(packet: Routed, done: (error?: Error) => void = nothing): this {
    if (this.#closed) {
      done(new Error("the broker is closed"));
      return this;
    }
    packet.brokerCounter = this.#parts.nextCounter();
    if (packet.qos > 0) this.#parts.keep(packet);
    for (const deliver of this.#table.match(packet.topic)) deliver(packet, nothing);
    done();
    return this;
  }

  close(done: () => void): this {
    this.#closed = true;
    setImmediate(done);
    return this;
  }

  /** Whether a connected client subscribed to `topic`. */
  hasSubscribers(topic: string): boolean {
    return this.#table.match(topic).length > 0;
  }
}

function nothing(): void {}
