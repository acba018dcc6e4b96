/** What is to be reported of one device. Pure state: who sends and when is the reporter's business. */
export class ReportQueue {
  readonly #waiting = new Set<string>();
  /** Properties that were confirmed in this connection. */
  readonly #confirmed = new Set<string>();
  readonly #twice: boolean;
  #stateWaits = true;
  #inFlight: { readonly id: string; readonly names: readonly string[] } | undefined;
  #sentState = false;
  #failures = 0;

  /** @param twice the other side loses the first report of each property, so that it is sent two times. */
  constructor({ twice }: { readonly twice: boolean }) {
    this.#twice = twice;
  }

  /** Failed reports in a row. */
  get failures(): number {
    return this.#failures;
  }

  get isIdle(): boolean {
    return this.#inFlight === undefined;
  }

  get hasWork(): boolean {
    return this.#stateWaits || this.#waiting.size > 0;
  }

  /** The value of a property has to be reported; however often it changed meanwhile, once. */
  add(name: string): void {
    this.#waiting.add(name);
  }

  addState(): void {
    this.#stateWaits = true;
  }

  /** What to send now, state first: undefined while a report is under way or nothing waits. */
  next(): { readonly kind: "state" } | { readonly kind: "twin"; readonly names: readonly string[] } | undefined {
    if (!this.isIdle) return undefined;
    if (this.#stateWaits) return { kind: "state" };
    return this.#waiting.size > 0 ? { kind: "twin", names: [...this.#waiting] } : undefined;
  }

  /** The report `id` is under way with these properties; none of a report of the state. */
  sent(id: string, names: readonly string[] | "state"): void {
    if (names === "state") this.#stateWaits = false;
    else for (const name of names) this.#waiting.delete(name);
    this.#inFlight = { id, names: names === "state" ? [] : names };
    this.#sentState = names === "state";
  }

  /** What is under way is out of date: it waits again, and nobody waits for its confirmation. @returns its id, if any. */
  supersede(): string | undefined {
    const id = this.#inFlight?.id;
    for (const name of this.#inFlight?.names ?? []) this.#waiting.add(name);
    if (this.#inFlight && this.#sentState) this.#stateWaits = true;
    this.#inFlight = undefined;
    return id;
  }

  /** These have nothing to report. */
  drop(names: readonly string[]): void {
    for (const name of names) this.#waiting.delete(name);
  }

  /** @returns whether `id` was the report under way. */
  confirmed(id: string): boolean {
    if (this.#inFlight?.id !== id) return false;
    for (const name of this.#inFlight.names) {
      if (this.#twice && !this.#confirmed.has(name)) this.#waiting.add(name);
      this.#confirmed.add(name);
    }
    this.#inFlight = undefined;
    this.#failures = 0;
    return true;
  }

  /** Nobody confirmed it: what was in it waits again, with the values that are current then. */
  lost(id: string): boolean {
    if (this.#inFlight?.id !== id) return false;
    for (const name of this.#inFlight.names) this.#waiting.add(name);
    if (this.#sentState) this.#stateWaits = true;
    this.#inFlight = undefined;
    this.#failures++;
    return true;
  }
}
