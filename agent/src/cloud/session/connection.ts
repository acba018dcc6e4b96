import { randomUUID } from "node:crypto";
import {
  type Envelope,
  formatEnvelope,
  keepalive,
  type Message,
  ProtocolError,
  parseEnvelope,
} from "@edgetwin/cloud-protocol";
import type { Clock, Log, Timer } from "@edgetwin/mapper-sdk";
import type { WebSocket } from "ws";

/** What a connection is made of. */
export interface ConnectionParts {
  readonly socket: WebSocket;
  /** Whether the other side is Edgetwin's bridge, which needs none of the detours around CloudCore's defects. */
  readonly isBridge: boolean;
  readonly clock: Clock;
  readonly log: Log;
  /** Gets what the cloud sends, in order. */
  readonly onMessage: (envelope: Envelope) => void;
}

/** CloudHub drops a session after 30 s without a keepalive; one may be lost on the way. */
const keepaliveMs = 10_000;
/** Without a sign of life for so long the connection is half-open: the other side is gone and nobody told us. */
const silenceMs = 25_000;
/** A cloud that does not read must not fill the memory of this machine. */
const longestBacklog = 4 * 2 ** 20;

/** One open WebSocket: sends, keeps alive, notices when the other side is gone. */
export class Connection implements Disposable {
  readonly isBridge: boolean;
  /** Resolves with the reason when the connection is over. */
  readonly closed: Promise<string>;
  readonly #parts: ConnectionParts;
  #timer: Timer | undefined;
  #heardAt: number;
  #reason: string | undefined;

  constructor(parts: ConnectionParts) {
    const { socket, clock, onMessage } = parts;
    this.#parts = parts;
    this.isBridge = parts.isBridge;
    this.#heardAt = clock.monotonic();
    const heard = () => {
      this.#heardAt = clock.monotonic();
    };
    socket.on("pong", heard).on("ping", heard);
    socket.on("message", (data) => {
      heard();
      const envelope = this.#read(String(data));
      if (envelope) onMessage(envelope);
    });
    socket.on("error", (error) => {
      this.#reason ??= error.message;
    });
    this.closed = new Promise((resolve) => {
      socket.on("close", () => {
        this.#timer?.[Symbol.dispose]();
        resolve(this.#reason ?? "the cloud closed the connection");
      });
    });
    this.#keepAlive();
  }

  /** Sends a message and returns its id. One that is sent into a connection that is over is lost, as on the wire. */
  send<T>(message: Message<T>, value: T): string {
    const id = randomUUID();
    const { socket, clock } = this.#parts;
    if (socket.readyState !== socket.OPEN) return id;
    socket.send(formatEnvelope(message.write(value, { id, timestamp: clock.now() })));
    if (socket.bufferedAmount > longestBacklog) this.close("the cloud does not read what is sent");
    return id;
  }

  /** Stops reading until {@link resume}: TCP holds the cloud back. */
  pause(): void {
    this.#parts.socket.pause();
  }

  resume(): void {
    this.#parts.socket.resume();
  }

  /** Ends it at once; KubeEdge sends no closing handshake either. */
  close(reason: string): void {
    this.#reason ??= reason;
    this.#parts.socket.terminate();
  }

  [Symbol.dispose](): void {
    this.close("the agent stops");
  }

  #keepAlive(): void {
    const { socket, clock } = this.#parts;
    if (socket.readyState !== socket.OPEN) return;
    if (clock.monotonic() - this.#heardAt >= silenceMs) {
      return this.close(`the cloud was silent for ${silenceMs / 1000} s`);
    }
    this.send(keepalive, {});
    if (socket.readyState === socket.OPEN) socket.ping();
    this.#timer = clock.after(keepaliveMs, () => this.#keepAlive());
  }

  /** A message that cannot be read costs itself only: closing would cost everything else, and it would come again. */
  #read(text: string): Envelope | undefined {
    try {
      return parseEnvelope(text);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#parts.log.warn("message of the cloud cannot be read", { error });
      return undefined;
    }
  }
}
