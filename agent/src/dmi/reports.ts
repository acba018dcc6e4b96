import type { Value } from "@edgetwin/mapper-sdk";

/** A value that a mapper reported. */
export interface Report {
  readonly value: Value;
  /** On the monotonic clock. */
  readonly at: number;
}

/** The newest report of each property of one device, and who waits for the next. Bounded by the properties of its model. */
export class Reports {
  readonly #newest = new Map<string, Report>();
  readonly #listeners = new Map<string, Set<() => void>>();

  newest(name: string): Report | undefined {
    return this.#newest.get(name);
  }

  put(name: string, report: Report): void {
    this.#newest.set(name, report);
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener();
  }

  /** Calls `listener` after every report of `name` until the returned function is called. */
  onReport(name: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }
}
