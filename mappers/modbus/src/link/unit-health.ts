/** How a link treats units that do not answer. */
export interface Patience {
  /** Silences in a row that have no consequence. */
  readonly forgiven: number;
  /** The longest time that a unit is left alone. */
  readonly capMs: number;
  /**
   * Whether an answer that comes too late could pass for that to the next question. On a serial line it could: nobody
   * asks the unit again until the time in which it may come is over, however urgent it is.
   */
  readonly lateAnswersMislead: boolean;
}

interface Silence {
  readonly times: number;
  /** On the monotonic clock. */
  readonly askableAt: number;
  readonly urgentAt: number;
}

/**
 * Which units of a line answer. One that is silent costs a whole timeout for each question, which the other units have
 * to wait. It is left alone for four timeouts, and then twice as long each time.
 */
export class UnitHealth {
  readonly #patience: Patience;
  readonly #silent = new Map<number, Silence>();

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** Milliseconds until `unit` may be asked again; 0 when it may be asked now. */
  waitMs(unit: number, { nowMs, urgent }: { readonly nowMs: number; readonly urgent: boolean }): number {
    const found = this.#silent.get(unit);
    if (!found) return 0;
    return Math.max(0, (urgent ? found.urgentAt : found.askableAt) - nowMs);
  }

  /** Notes an answer, a refusal too; true when the unit had been silent. */
  answered(unit: number): boolean {
    return this.#silent.delete(unit);
  }

  /** Notes that no answer came within `timeoutMs`; returns how many times in a row. */
  wasSilent(unit: number, { nowMs, timeoutMs }: { readonly nowMs: number; readonly timeoutMs: number }): number {
    const { forgiven, capMs, lateAnswersMislead } = this.#patience;
    const times = (this.#silent.get(unit)?.times ?? 0) + 1;
    const waitMs = Math.min(Math.max(capMs, timeoutMs), timeoutMs * patienceAfter(times - forgiven));
    const urgentAt = lateAnswersMislead ? nowMs + timeoutMs : nowMs;
    this.#silent.set(unit, { times, askableAt: nowMs + waitMs, urgentAt });
    return times;
  }
}

/** Timeouts for which a unit is left alone after so many silences in a row; a fifth of the line's time at most. */
function patienceAfter(silences: number): number {
  return silences <= 0 ? 0 : 4 * 2 ** Math.min(silences - 1, 20);
}
