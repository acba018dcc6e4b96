import { AbortRace } from "./abort-race.ts";
import { linkSignals } from "./linked-signal.ts";

/** What calls of one caller to an open device have in common. Dispose it once for each time it was handed out. */
export interface CallLink extends Disposable {
  /** Aborts with the caller or with the device. */
  readonly signal: AbortSignal;
  readonly race: AbortRace;
  /** What the handlers of a property get, made once; by name of the property. */
  readonly contexts: Map<string, unknown>;
}

interface Link extends CallLink {
  readonly caller: AbortSignal;
  users: number;
  close(): void;
}

/**
 * Signals for calls to an open device: each aborts with its caller or with the device. A caller that comes again with
 * the same signal gets the same link, because making one for each of a thousand readings a second costs more than the
 * readings. Nothing is kept for a caller that does not come again, except the last.
 */
export class CallSignals {
  readonly #alive: AbortSignal;
  /** For calls without a signal of their own; made with the first. */
  #own: CallLink | undefined;
  readonly #links = new Map<AbortSignal, Link>();
  #last: Link | undefined;

  /** @param alive aborts when the device closes. */
  constructor(alive: AbortSignal) {
    this.#alive = alive;
  }

  /** The link for one call; dispose it when the call is over. */
  for(caller: AbortSignal | undefined): CallLink {
    if (caller === undefined) {
      const signal = this.#alive;
      this.#own ??= { signal, race: new AbortRace(signal), contexts: new Map(), [Symbol.dispose]() {} };
      return this.#own;
    }
    const link = this.#last?.caller === caller ? this.#last : (this.#links.get(caller) ?? this.#open(caller));
    link.users++;
    return link;
  }

  #open(caller: AbortSignal): Link {
    if (this.#last && this.#last.users === 0) this.#close(this.#last);
    const linked = linkSignals(caller, this.#alive);
    const race = new AbortRace(linked.signal);
    const link: Link = {
      signal: linked.signal,
      race,
      contexts: new Map(),
      caller,
      users: 0,
      close() {
        race[Symbol.dispose]();
        linked[Symbol.dispose]();
      },
      [Symbol.dispose]: () => this.#release(link),
    };
    this.#links.set(caller, link);
    this.#last = link;
    return link;
  }

  #release(link: Link): void {
    link.users--;
    if (link.users === 0 && (link !== this.#last || link.signal.aborted)) this.#close(link);
  }

  #close(link: Link): void {
    link.close();
    this.#links.delete(link.caller);
    if (this.#last === link) this.#last = undefined;
  }
}
