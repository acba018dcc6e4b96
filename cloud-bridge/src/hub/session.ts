import { randomUUID } from "node:crypto";
import {
  acknowledgement,
  authorityQuery,
  cloudHub,
  control,
  type Envelope,
  formatEnvelope,
  keepalive,
  type Message,
  membershipQuery,
  messageOf,
  objectRequest,
  ProtocolError,
  parseEnvelope,
  refusal,
  serviceReply,
  stateReport,
  topicUpload,
  twinReport,
  urlCall,
} from "@edgetwin/cloud-protocol";
import { closeCodes } from "./close-codes.ts";
import { Delivery } from "./delivery.ts";
import type { EdgeLink } from "./edge-link.ts";
import type { HubContext } from "./hub-context.ts";
import { isDeeperThan } from "./json-depth.ts";
import type { NodeMemory } from "./node-memory.ts";
import type { ReportOrder } from "./report-order.ts";
import { TokenBucket } from "./token-bucket.ts";
import type { TurnQueue } from "./turn-queue.ts";
import { Upstream } from "./upstream.ts";

/** One connection, and what is remembered of its node from earlier ones. */
export interface SessionOptions {
  readonly node: string;
  readonly link: EdgeLink;
  readonly memory: NodeMemory;
  /** When the node's certificate ends, in milliseconds since 1970. */
  readonly expiresAt: number;
}

/** A connected node: reads its frames in order, and brings it what it should hold. */
export class Session {
  readonly node: string;
  readonly delivery: Delivery;
  readonly #context: HubContext;
  readonly #link: EdgeLink;
  readonly #order: ReportOrder;
  readonly #upstream: Upstream;
  readonly #turns: TurnQueue;
  readonly #bucket: TokenBucket;
  readonly #expiresAt: number;
  #aliveAt: number;
  #isPaused = false;
  #isOver = false;

  constructor(context: HubContext, { node, link, memory, expiresAt }: SessionOptions) {
    const { limits, clock, counters, events, content } = context;
    this.node = node;
    this.#context = context;
    this.#link = link;
    this.#order = memory.order;
    this.#turns = memory.turns;
    this.#expiresAt = expiresAt;
    this.#aliveAt = clock.monotonic();
    this.#bucket = new TokenBucket({ perSecond: limits.framesPerSecond, burst: limits.burst }, this.#aliveAt);
    this.delivery = new Delivery(
      {
        wanted: () => content.objectsOf(node),
        send: (message, value, id) => this.send(message, value, id),
        time: () => ({ wall: clock.now(), monotonic: clock.monotonic() }),
        isCongested: () => link.bufferedBytes > limits.bufferedBytes,
        stored: (key, version) => {
          counters.acknowledgedObjects += 1;
          events.acknowledged(node, key, version);
        },
        sent: (again) => {
          counters.sentObjects += 1;
          if (again) counters.resentObjects += 1;
        },
      },
      { held: memory.held, inFlight: limits.inFlight },
    );
    this.#upstream = new Upstream(context, {
      node,
      order: memory.order,
      delivery: this.delivery,
      send: (message, value) => this.send(message, value),
    });
  }

  /** Sends a message; returns its identity. */
  send<T>(message: Message<T>, value: T, id: string = randomUUID()): string {
    this.#write(message.write(value, { id, timestamp: this.#context.clock.now() }));
    return id;
  }

  /** Takes one frame. Never throws: what is wrong with it is the edge's business. */
  receive(text: string): void {
    if (this.#isOver) return;
    const { limits, clock, counters } = this.#context;
    counters.receivedFrames += 1;
    if (!this.#bucket.take(clock.monotonic())) this.#pause();
    if (isDeeperThan(text, limits.depth)) {
      counters.invalidFrames += 1;
      this.close(closeCodes.invalid, `a frame is nested deeper than ${limits.depth}`);
      return;
    }
    try {
      this.#dispatch(parseEnvelope(text));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      counters.invalidFrames += 1;
      this.#context.log.warn("frame refused", { node: this.node, code: error.code, reason: error.message });
      if (error.code === "FRAME_INVALID") this.close(closeCodes.invalid, "a frame is not one JSON object");
    }
  }

  /** Called every second: keeps the times of the session. */
  tick(): void {
    const { clock, counters, limits } = this.#context;
    const now = clock.monotonic();
    // Whoever is not read cannot be heard.
    if (this.#isPaused) this.#aliveAt = now;
    if (now - this.#aliveAt >= cloudHub.keepaliveTimeoutMs) {
      counters.silentSessions += 1;
      this.close(closeCodes.silent, "no keepalive for 30 s");
    } else if (clock.now() >= this.#expiresAt) this.close(closeCodes.certificate, "the certificate is no longer valid");
    else {
      if (this.#isPaused && this.#bucket.isReady(now) && this.#turns.length < limits.queued) {
        this.#isPaused = false;
        this.#link.resume();
      }
      this.delivery.run();
    }
  }

  /** Ends the session with a reason that the edge sees. */
  close(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#context.log.info("session closed", { node: this.node, code, reason });
    this.#link.close(code, reason);
    this.ended();
  }

  /** The connection is gone. What the node sent before is still done, but nothing new begins. */
  ended(): void {
    this.#isOver = true;
    this.#turns.clear();
  }

  #dispatch(envelope: Envelope): void {
    const { header, route } = envelope;
    const kind = messageOf("edge", envelope);
    switch (kind) {
      case keepalive:
        this.#aliveAt = this.#context.clock.monotonic();
        // After the reports that came before it.
        if (this.#order.wentBack(header.timestamp)) this.#inTurn(async () => this.#order.clear());
        return;
      case control:
        // Whoever asked gets its own source and group back.
        return this.#write({
          header: { id: randomUUID(), parentId: header.id, timestamp: this.#context.clock.now() },
          route: { ...route, operation: "response" },
          content: "ack",
        });
      case acknowledgement:
        this.#upstream.acknowledged(header.parentId ?? "");
        return;
      case refusal:
        this.#context.counters.refusedObjects += 1;
        this.#context.log.warn("object refused by the edge", { node: this.node, ...refusal.read(envelope) });
        return;
      case membershipQuery:
        return this.#upstream.listDevices(header.id);
      case authorityQuery:
        return this.#upstream.authority(header.id);
      case topicUpload:
        this.#context.events.upload(this.node, topicUpload.read(envelope));
        return;
      case serviceReply:
        this.#context.events.reply(this.node, serviceReply.read(envelope));
        return;
      case twinReport:
        return this.#inTurn(this.#upstream.twin(header.id, twinReport.read(envelope)));
      case stateReport:
        return this.#inTurn(this.#upstream.state(header.id, stateReport.read(envelope)));
      case objectRequest:
        return this.#inTurn(this.#upstream.request(header.id, objectRequest.read(envelope)));
      case urlCall:
        // The answer of a URL may take its time; the reports behind it must not wait.
        void this.#upstream.call(header.id, urlCall.read(envelope))();
        return;
      default:
        this.#context.log.debug("frame ignored", { node: this.node, route });
    }
  }

  #inTurn(job: () => Promise<void>): void {
    this.#turns.add(job);
    if (this.#turns.length > this.#context.limits.queued) this.#pause();
  }

  #pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#context.counters.throttled += 1;
    this.#link.pause();
  }

  #write(envelope: Envelope): void {
    if (this.#isOver) return;
    this.#context.counters.sentFrames += 1;
    this.#link.send(formatEnvelope(envelope));
  }
}
