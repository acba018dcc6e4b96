import { type Clock, HalError, type Log, MapperError } from "@edgetwin/mapper-sdk";
import { libraryClient, loadLibrary } from "../client/library-client.ts";
import { type ModbusClient, ModbusException } from "../client/modbus-client.ts";
import { type Adu, ExchangeError, type Wire } from "../wire/wire.ts";
import { LineQueue } from "./line-queue.ts";
import { type Patience, UnitHealth } from "./unit-health.ts";

/** What a link is made of. */
export interface LinkParts {
  /** For messages: `"10.0.0.5:502"`, `"/dev/ttyUSB0"`. */
  readonly name: string;
  /** Opens a connection; `onLost` is to be called once when it is gone by itself. */
  readonly open: (onLost: (error: Error) => void) => Promise<Wire>;
  readonly clock: Clock;
  readonly log: Log;
  readonly patience: Patience;
  /** Whether a connection on which nothing answers any more is worth replacing: TCP does not notice a dead peer. */
  readonly renews: boolean;
}

/** How to ask a unit. */
export interface RequestOptions {
  readonly unit: number;
  readonly timeoutMs: number;
  /** Somebody waits for it. */
  readonly urgent: boolean;
  readonly signal: AbortSignal;
}

/** First pause before a lost connection is opened again, and the longest. */
const reopenMs = { first: 250, cap: 10_000 };
/** Silences in a row, of whatever units, after which a connection is replaced. */
const silencesUntilRenewed = 3;

/**
 * The one connection to a bus or gateway, shared by all units and devices behind it. It opens when it is needed and
 * again when it was lost, lets one request pass at a time, and knows which units answer.
 */
export class Link {
  readonly #parts: LinkParts;
  readonly #queue = new LineQueue();
  readonly #health: UnitHealth;
  #wire: Wire | undefined;
  #closed = false;
  #failures = 0;
  #retryAt = Number.NEGATIVE_INFINITY;
  #lastFailure: Error | undefined;
  #silences = 0;

  constructor(parts: LinkParts) {
    this.#parts = parts;
    this.#health = new UnitHealth(parts.patience);
  }

  /**
   * Runs `job` when the line is free; nobody else gets between its requests. Rejects with `DEVICE_IO` when the line or
   * the unit does not answer, with a `ModbusException` when the unit refuses, with the signal's reason when it aborts
   * while waiting. A request that is on the line goes on when the signal aborts, because its answer will come.
   */
  async run<T>(options: RequestOptions, job: (client: ModbusClient) => Promise<T>): Promise<T> {
    const turn = await this.#queue.take(options);
    try {
      options.signal.throwIfAborted();
      this.#checkHealth(options);
      const wire = await this.#open();
      const library = await loadLibrary();
      return await job(libraryClient(library, options.unit, (request) => this.#exchange(wire, request, options)));
    } catch (error) {
      throw error instanceof ExchangeError ? this.#explained(error, options.unit) : error;
    } finally {
      turn[Symbol.dispose]();
    }
  }

  /** Opens the connection now, for who wants to know whether that works. */
  async connect(options: Pick<RequestOptions, "signal">): Promise<void> {
    const turn = await this.#queue.take({ ...options, urgent: true });
    try {
      await this.#open();
    } catch (error) {
      throw error instanceof ExchangeError ? this.#explained(error) : error;
    } finally {
      turn[Symbol.dispose]();
    }
  }

  /** Closes the connection for good. */
  async close(): Promise<void> {
    this.#closed = true;
    const wire = this.#wire;
    this.#wire = undefined;
    await wire?.[Symbol.asyncDispose]();
  }

  #checkHealth({ unit, urgent }: RequestOptions): void {
    const waitMs = this.#health.waitMs(unit, { nowMs: this.#parts.clock.monotonic(), urgent });
    if (waitMs <= 0) return;
    const when = waitMs < 1000 ? `${Math.ceil(waitMs)} ms` : `${Math.ceil(waitMs / 1000)} s`;
    throw new MapperError("DEVICE_IO", `unit ${unit} on ${this.#parts.name} did not answer; asked again in ${when}`);
  }

  async #open(): Promise<Wire> {
    const { name, clock, open, log } = this.#parts;
    if (this.#wire && !this.#wire.lost) return this.#wire;
    const lost = this.#wire;
    this.#wire = undefined;
    await lost?.[Symbol.asyncDispose]();
    if (this.#closed) throw new MapperError("DEVICE_ABORTED", `${name} is closed`);
    const inMs = this.#retryAt - clock.monotonic();
    if (inMs > 0) throw this.#unreachable(this.#lastFailure, ` (tried again in ${Math.ceil(inMs)} ms)`);
    try {
      const wire = await open((error) => log.warn("modbus.link-lost", { link: name, error }));
      if (this.#closed) {
        await wire[Symbol.asyncDispose]();
        throw new MapperError("DEVICE_ABORTED", `${name} is closed`);
      }
      log.info("modbus.link-open", { link: name });
      this.#failures = 0;
      this.#silences = 0;
      this.#wire = wire;
      return wire;
    } catch (error) {
      if (error instanceof MapperError) throw error;
      this.#lastFailure = error as Error;
      this.#retryAt = clock.monotonic() + Math.min(reopenMs.cap, reopenMs.first * 2 ** Math.min(this.#failures++, 10));
      throw this.#unreachable(error as Error);
    }
  }

  /** One exchange, repeated once when the answer came damaged: noise on a line is no reason to lose a reading. */
  async #exchange(wire: Wire, request: Adu, { unit, timeoutMs }: RequestOptions): Promise<Adu> {
    for (let repeated = false; ; repeated = true) {
      try {
        const answer = await wire.exchange(request, timeoutMs);
        this.#silences = 0;
        if (this.#health.answered(unit)) this.#parts.log.info("modbus.unit-answers", { link: this.#parts.name, unit });
        return answer;
      } catch (error) {
        if (!(error instanceof ExchangeError)) throw error;
        if (error.failure === "damaged" && !repeated) continue;
        if (error.failure === "silent") await this.#noteSilence(wire, { unit, timeoutMs });
        throw error;
      }
    }
  }

  async #noteSilence(wire: Wire, { unit, timeoutMs }: Pick<RequestOptions, "unit" | "timeoutMs">): Promise<void> {
    const { name, log, clock, renews } = this.#parts;
    const silences = this.#health.wasSilent(unit, { nowMs: clock.monotonic(), timeoutMs });
    if (silences === 1) log.warn("modbus.unit-silent", { link: name, unit });
    this.#silences++;
    if (!renews || this.#silences < silencesUntilRenewed || this.#wire !== wire) return;
    log.warn("modbus.link-renewed", { link: name, silences: this.#silences });
    this.#wire = undefined;
    await wire[Symbol.asyncDispose]();
  }

  #explained(error: ExchangeError, unit?: number): Error {
    if (error.failure === "lost") return this.#unreachable(error);
    return new MapperError("DEVICE_IO", `unit ${unit} on ${this.#parts.name}: ${error.message}`, { cause: error });
  }

  #unreachable(cause: Error | undefined, more = ""): Error {
    const message = `${this.#parts.name}: ${cause?.message ?? "not connected"}${more}`;
    // The board knows whether waiting or another configuration helps.
    if (cause instanceof HalError) return new HalError(cause.kind, message, { cause });
    return new MapperError("DEVICE_IO", message, { cause });
  }
}

/** Whether a unit refused a request, rather than being out of reach. */
export const isException = (error: unknown, ...codes: readonly number[]): error is ModbusException =>
  error instanceof ModbusException && (codes.length === 0 || codes.includes(error.code));
