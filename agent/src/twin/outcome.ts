import type { Cause, Effect, Outcome, PropertyTwin, Refusal, TwinChange } from "./types.ts";

/** The outcome of an event that means nothing now. */
export const nothing: Outcome = { refusals: [], changes: [], causes: [], effects: [] };

/** The outcome of an event that was refused as a whole; the causes remember the attempt. */
export const refused = (refusals: readonly Refusal[], causes: readonly Cause[]): Outcome => ({
  refusals,
  changes: [],
  causes,
  effects: [],
});

/** Collects what one event does to the twins of a device. */
export class Draft {
  readonly #before: ReadonlyMap<string, PropertyTwin>;
  readonly #after = new Map<string, PropertyTwin | undefined>();
  readonly causes: Cause[] = [];

  constructor(before: ReadonlyMap<string, PropertyTwin>) {
    this.#before = before;
  }

  /** The twin as it is after what was put so far. */
  get(name: string): PropertyTwin | undefined {
    return this.#after.has(name) ? this.#after.get(name) : this.#before.get(name);
  }

  put(twin: PropertyTwin): void {
    this.#after.set(twin.name, twin);
  }

  drop(name: string): void {
    this.#after.set(name, undefined);
  }

  /** Puts `twin` and adds a line to its cause log. */
  record(twin: PropertyTwin, cause: Omit<Cause, "property" | "seq">): void {
    this.causes.push({ ...cause, property: twin.name, seq: twin.causes });
    this.put({ ...twin, causes: twin.causes + 1 });
  }

  get changes(): TwinChange[] {
    return [...this.#after].map(([name, after]) => {
      const before = this.#before.get(name);
      return { name, ...(before && { before }), ...(after && { after }) };
    });
  }

  outcome(effects: readonly Effect[]): Outcome {
    return { refusals: [], changes: this.changes, causes: this.causes, effects };
  }
}

/** A twin without values. */
export const emptyTwin = (name: string, type: PropertyTwin["type"], optional: boolean): PropertyTwin => ({
  name,
  type,
  optional,
  lastVersion: 0,
  appliedVersion: 0,
  causes: 0,
});
