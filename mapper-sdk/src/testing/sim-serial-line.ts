import { type Clock, delay, type Timer } from "../clock.ts";
import { Feed } from "../feed.ts";
import { type SerialOptions, wireTimeMs } from "../hal/serial.ts";
import { HalError } from "../hal.ts";

/** Most that waits for a slow reader, in bytes. */
const serialBacklog = 64 * 1024;

/** What is at the far end of a simulated serial line. */
export interface SerialEmulator {
  /** Bytes as they arrive, all that was written at once together; `wire.send` answers. */
  receive(bytes: Uint8Array, wire: SerialWire): void;
  /** Settings it understands; a port opened with others hears and says noise. Default: any. */
  readonly settings?: SerialOptions;
}

/** The emulator's end of the line. */
export interface SerialWire {
  /** Sends bytes, `afterMs` from now and behind what is on its way already; they take their time on the wire. */
  send(bytes: Uint8Array, options?: { readonly afterMs?: number }): void;
}

/** What a {@link SimSerialLine} is made of. */
export interface SimSerialLineParts {
  readonly clock: Clock;
  /** Gets what the port sent when its last bit has arrived. */
  readonly deliver: (bytes: Uint8Array, wire: SerialWire) => void;
  /** What becomes of bytes on their way to the port. */
  readonly disturb: (bytes: Uint8Array) => Uint8Array;
  /** By how much the far end is late. */
  readonly latencyMs: () => number;
}

/** The time between an open and its close: two directions, each with bytes on their way. */
export class SimSerialLine implements SerialWire {
  readonly feed: Feed<Uint8Array>;
  /** Why the port can no longer be used. */
  lost: HalError | undefined;
  readonly #options: SerialOptions;
  readonly #line: SimSerialLineParts;
  readonly #pending = new Set<Timer>();
  /** When each direction is free again, on the monotonic clock. */
  #sentAt = 0;
  #heardAt = 0;

  constructor(options: SerialOptions, line: SimSerialLineParts) {
    this.#options = options;
    this.#line = line;
    this.feed = new Feed({}, { limit: serialBacklog, sizeOf: ({ length }) => length, overrun });
  }

  write(bytes: Uint8Array): void {
    const sent = bytes.slice();
    this.#sentAt = Math.max(this.#sentAt, this.#line.clock.monotonic()) + wireTimeMs(sent.length, this.#options);
    this.#at(this.#sentAt, () => this.#line.deliver(sent, this));
  }

  async drain(signal: AbortSignal | undefined): Promise<void> {
    const { clock } = this.#line;
    await delay(clock, this.#sentAt - clock.monotonic(), signal);
    if (this.lost) throw this.lost;
  }

  send(bytes: Uint8Array, { afterMs = 0 }: { readonly afterMs?: number } = {}): void {
    const arriving = this.#line.disturb(bytes);
    const begins = Math.max(this.#heardAt, this.#line.clock.monotonic() + afterMs + this.#line.latencyMs());
    this.#heardAt = begins + wireTimeMs(bytes.length, this.#options);
    if (arriving.length > 0) this.#at(this.#heardAt, () => this.feed.push(arriving));
  }

  lose(error: HalError): void {
    this.lost = error;
    for (const timer of this.#pending) timer[Symbol.dispose]();
    this.#pending.clear();
    this.feed.fail(error);
  }

  #at(dueMs: number, action: () => void): void {
    if (this.lost) return;
    const { clock } = this.#line;
    const timer = clock.after(dueMs - clock.monotonic(), () => {
      this.#pending.delete(timer);
      action();
    });
    this.#pending.add(timer);
  }
}

const overrun = () => new HalError("overrun", `a reader is more than ${serialBacklog} bytes behind; bytes were lost`);
