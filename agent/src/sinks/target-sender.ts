import { type Clock, delay, type Log, linkSignals, MapperError } from "@edgetwin/mapper-sdk";
import type { Sink, SinkCredential, SinkSession } from "@edgetwin/mapper-sdk/sinks";
import { type Backoff, backoffMs } from "../backoff.ts";
import { pointOf, type QueuedValue } from "./source.ts";
import type { TargetQueue } from "./target-queue.ts";

/** A second first, a minute at most, for ever. */
const sinkBackoff: Backoff = { firstMs: 1000, capMs: 60_000 };

/** What one target is sent by. */
export interface SenderParts {
  readonly sink: Sink;
  /** The checked configuration that leads to the target. */
  readonly config: unknown;
  readonly address: string;
  readonly batch: number;
  readonly queue: TargetQueue;
  /** Looked up at every connect. @throws MapperError when there is none. */
  readonly credential: () => SinkCredential | undefined;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

/** `idle`: nothing waits. `sending`: a batch is under way. `waiting`: the last try failed, the next one comes. */
export type SenderState =
  | { readonly name: "idle" | "sending" }
  | { readonly name: "waiting"; readonly reason: string; readonly failures: number; readonly retryInMs: number };

/** Figures since the agent started. */
export interface SenderFigures {
  readonly sent: number;
  readonly failures: number;
  /** Points that the far end will never take. */
  readonly refused: number;
  /** Wall-clock milliseconds of the last batch that arrived. */
  readonly lastSentAt?: number;
}

/** Sends what waits for one target, batch after batch, and never gives up. */
export class TargetSender implements AsyncDisposable {
  readonly #parts: SenderParts;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #session: SinkSession | undefined;
  #state: SenderState = { name: "idle" };
  /** Delivered, but not forgotten yet. */
  #delivered: readonly QueuedValue[] = [];
  /** Smaller after a batch was refused, until the point at fault is found. */
  #limit: number;
  #sent = 0;
  #failures = 0;
  #failuresInARow = 0;
  #refused = 0;
  #lastSentAt: number | undefined;

  constructor(parts: SenderParts) {
    this.#parts = parts;
    this.#limit = parts.batch;
    this.#running = this.#run();
  }

  get state(): SenderState {
    return this.#state;
  }

  get figures(): SenderFigures {
    const last = this.#lastSentAt;
    const counts = { sent: this.#sent, failures: this.#failures, refused: this.#refused };
    return last === undefined ? counts : { ...counts, lastSentAt: last };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort(new MapperError("DEVICE_ABORTED", "the agent stops"));
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        if (this.#failuresInARow === 0) this.#state = { name: "idle" };
        await this.#parts.queue.whenAny(signal);
        if (signal.aborted) break;
        await this.#sendNext();
      } catch (error) {
        await this.#closeSession();
        if (!signal.aborted) await this.#afterFailure(error);
      }
    }
    await this.#closeSession();
  }

  async #sendNext(): Promise<void> {
    const { queue, sink, config, credential, clock, log } = this.#parts;
    await this.#forgetDelivered();
    const values = await queue.next(this.#limit);
    if (values.length === 0) return;
    if (this.#failuresInARow === 0) this.#state = { name: "sending" };
    this.#session ??= await this.#inTime((signal) => {
      const secret = credential();
      return sink.open(config, { clock, log, signal, ...(secret && { credential: secret }) });
    });
    const session = this.#session;
    try {
      await this.#inTime((signal) => session.send(values.map(pointOf), { signal }));
    } catch (error) {
      if (!(error instanceof MapperError) || error.code !== "SINK_REFUSED") throw error;
      await this.#afterRefusal(values, error);
      return;
    }
    this.#delivered = values;
    this.#sent += values.length;
    this.#lastSentAt = clock.now();
    this.#limit = Math.min(this.#parts.batch, this.#limit * 2);
    this.#recovered();
    await this.#forgetDelivered();
  }

  async #forgetDelivered(): Promise<void> {
    if (this.#delivered.length === 0) return;
    await this.#parts.queue.done(this.#delivered);
    this.#delivered = [];
  }

  /** Halves the batch until one point is left, which is at fault and goes. */
  async #afterRefusal(values: readonly QueuedValue[], error: MapperError): Promise<void> {
    await this.#closeSession(); // a far end may be confused by what it refused
    if (values.length > 1) {
      this.#limit = Math.ceil(values.length / 2);
      return;
    }
    this.#refused++;
    const facts = values[0]?.source.facts;
    this.#parts.log.warn("a sink refused a value for good", {
      address: this.#parts.address,
      device: facts?.device,
      property: facts?.property,
      error,
    });
    this.#delivered = values;
    await this.#forgetDelivered();
  }

  #recovered(): void {
    if (this.#failuresInARow > 0) this.#parts.log.info("sink takes values again", { address: this.#parts.address });
    this.#failuresInARow = 0;
  }

  async #afterFailure(error: unknown): Promise<void> {
    const { clock, random, log, address } = this.#parts;
    this.#failures++;
    const failures = ++this.#failuresInARow;
    const reason = error instanceof Error ? error.message : String(error);
    // An outage is one event, not one for each try; a new reason is news.
    const known = this.#state.name === "waiting" && this.#state.reason === reason;
    if (!known) log.warn("sink does not take values; they wait", { address, reason });
    const retryInMs = backoffMs(sinkBackoff, failures, random);
    this.#state = { name: "waiting", reason, failures, retryInMs };
    await delay(clock, retryInMs, this.#stopping.signal).catch(() => undefined); // told to stop: the loop sees it
  }

  /** Runs an exchange with the far end, which ends when the agent stops or the far end takes too long. */
  async #inTime<T>(exchange: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { clock, timeoutMs } = this.#parts;
    const late = new AbortController();
    using link = linkSignals(this.#stopping.signal, late.signal);
    const tooLate = new MapperError("SINK_UNAVAILABLE", `it did not answer within ${timeoutMs} ms`);
    using _ = clock.after(timeoutMs, () => late.abort(tooLate), { background: true });
    return await exchange(link.signal);
  }

  async #closeSession(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    try {
      await session?.[Symbol.asyncDispose]();
    } catch (error) {
      this.#parts.log.debug("sink did not close cleanly", { address: this.#parts.address, error });
    }
  }
}
