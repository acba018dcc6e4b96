import { type Clock, delay, type Timer } from "@edgetwin/mapper-sdk";
import type { Framing } from "./framing.ts";
import { type Adu, ExchangeError, shown, type Wire } from "./wire.ts";

/** A stream of bytes both ways, e.g. a socket or a serial port. */
export interface ByteStream {
  /** Resolves when all bytes are on their way, as far as the system tells. */
  send(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** What a {@link StreamWire} is made of. */
export interface StreamWireParts {
  readonly stream: ByteStream;
  readonly framing: Framing;
  readonly clock: Clock;
  /** Silence to keep between what was heard last and the next request. */
  readonly silenceMs: number;
  /** Called once when the connection is gone, unless it was closed on purpose. */
  readonly onLost: (error: Error) => void;
}

interface Exchange {
  readonly settle: (outcome: Adu | ExchangeError) => void;
}

/** A wire over any stream of bytes. The stream's owner calls `received` and `fail`. */
export class StreamWire implements Wire {
  lost: Error | undefined;
  readonly #parts: StreamWireParts;
  #current: Exchange | undefined;
  #heardAt = Number.NEGATIVE_INFINITY;

  constructor(parts: StreamWireParts) {
    this.#parts = parts;
  }

  async exchange(request: Adu, timeoutMs: number): Promise<Adu> {
    const { stream, framing, clock, silenceMs } = this.#parts;
    if (this.#current) throw new TypeError("an exchange is still going on");
    const quietInMs = this.#heardAt + silenceMs - clock.monotonic();
    if (quietInMs > 0) await delay(clock, quietInMs);
    if (this.lost) throw lostError(this.lost);
    let timer: Timer | undefined;
    try {
      return await new Promise<Adu>((resolve, reject) => {
        this.#current = {
          settle: (outcome) => (outcome instanceof ExchangeError ? reject(outcome) : resolve(outcome)),
        };
        const sent = stream.send(framing.request(request));
        sent.then(
          () => {
            if (this.#current) timer = clock.after(timeoutMs, () => this.#overdue(timeoutMs));
          },
          (error: Error) => this.fail(error),
        );
      });
    } finally {
      timer?.[Symbol.dispose]();
      this.#current = undefined;
    }
  }

  /** Bytes arrived. Outside an exchange they are late, or noise. */
  received(bytes: Uint8Array): void {
    this.#heardAt = this.#parts.clock.monotonic();
    try {
      const answer = this.#parts.framing.receive(bytes);
      if (answer) this.#current?.settle(answer);
    } catch (error) {
      this.fail(error as Error);
    }
  }

  /** The stream is gone. */
  fail(error: Error): void {
    if (this.lost) return;
    this.lost = error;
    this.#current?.settle(lostError(error));
    this.#parts.onLost(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.lost ??= new Error("the connection was closed");
    this.#current?.settle(lostError(this.lost));
    await this.#parts.stream.close();
  }

  #overdue(timeoutMs: number): void {
    const { received } = this.#parts.framing;
    this.#current?.settle(
      received.length === 0
        ? new ExchangeError("silent", `no answer within ${timeoutMs} ms`)
        : new ExchangeError("damaged", `no answer within ${timeoutMs} ms, but ${shown(received)}`),
    );
  }
}

const lostError = (cause: Error) => new ExchangeError("lost", cause.message, { cause });
