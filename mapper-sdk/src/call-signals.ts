import { linkSignals } from "./linked-signal.ts";

interface Link extends Disposable {
  readonly signal: AbortSignal;
  readonly caller: AbortSignal;
  users: number;
}

/**
 * Signals for calls to an open device: each aborts with its caller or with the device. A caller that comes again with
 * the same signal gets the same link, because making one for each of a thousand readings a second costs more than the
 * readings. Nothing is kept for a caller that does not come again, except the last.
 */
export class CallSignals {
  readonly #alive: AbortSignal;
  readonly #links = new Map<AbortSignal, Link>();
  #last: Link | undefined;

  /** @param alive aborts when the device closes. */
  constructor(alive: AbortSignal) {
    this.#alive = alive;
  }

  /** The signal for one call; dispose it when the call is over. */
  for(caller: AbortSignal | undefined): { readonly signal: AbortSignal } & Disposable {
    if (caller === undefined) return { signal: this.#alive, [Symbol.dispose]() {} };
    const link = this.#links.get(caller) ?? this.#open(caller);
    link.users++;
    return { signal: link.signal, [Symbol.dispose]: () => this.#release(link) };
  }

  #open(caller: AbortSignal): Link {
    if (this.#last && this.#last.users === 0) this.#close(this.#last);
    const linked = linkSignals(caller, this.#alive);
    // A signal that has a listener at all times keeps its table of listeners; one that has none between calls makes a
    // new table every few calls, which the collector takes for old (150 kB a second at a thousand readings a second).
    linked.signal.addEventListener("abort", ignore);
    const link = { signal: linked.signal, caller, users: 0, [Symbol.dispose]: () => linked[Symbol.dispose]() };
    this.#links.set(caller, link);
    this.#last = link;
    return link;
  }

  #release(link: Link): void {
    link.users--;
    if (link.users === 0 && (link !== this.#last || link.signal.aborted)) this.#close(link);
  }

  #close(link: Link): void {
    link[Symbol.dispose]();
    this.#links.delete(link.caller);
    if (this.#last === link) this.#last = undefined;
  }
}

const ignore = (): void => {};
