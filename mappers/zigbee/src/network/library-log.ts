import type { Clock, Log } from "@edgetwin/mapper-sdk";

/** One message of a kind in this time; the rest is counted. */
const quietMs = 60_000;
/** Kinds that are remembered at most. */
const mostKinds = 200;

type Message = string | (() => string);

/**
 * What the library says, so that a dongle that fails does not fill the log: warnings and errors only, of each kind one a
 * minute. All come as warnings: what a person must do about them, the mapper says itself.
 */
export class LibraryLog {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #kinds = new Map<string, { saidAt: number; held: number }>();

  constructor({ log, clock }: { readonly log: Log; readonly clock: Clock }) {
    this.#log = log;
    this.#clock = clock;
  }

  debug(_message: Message): void {}

  info(_message: Message): void {}

  warning(message: Message): void {
    this.#say(message);
  }

  error(message: Message): void {
    this.#say(message);
  }

  #say(message: Message): void {
    const text = (typeof message === "function" ? message() : message).split("\n", 1)[0] as string;
    const kind = text.replace(/0x[0-9a-f]+|\d+/gi, "#").slice(0, 120);
    const now = this.#clock.monotonic();
    const known = this.#kinds.get(kind);
    if (known && now - known.saidAt < quietMs) {
      known.held++;
      return;
    }
    if (!known && this.#kinds.size >= mostKinds) this.#kinds.delete(this.#kinds.keys().next().value as string);
    this.#kinds.set(kind, { saidAt: now, held: 0 });
    this.#log.warn("zigbee.library", { message: text.slice(0, 500), ...(known?.held && { held: known.held }) });
  }
}
