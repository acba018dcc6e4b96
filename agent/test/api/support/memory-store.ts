import type { Store, StoreCondition, StoredState, StoreWrite } from "../../../src/store/store.ts";
import type { Cause } from "../../../src/twin/types.ts";

/** A store that forgets everything with the process. Tests break and mend it. */
export class MemoryStore implements Store {
  readonly #causes = new Map<string, Cause[]>();
  readonly #listeners = new Set<(condition: StoreCondition) => void>();
  #condition: StoreCondition = { state: "ok" };
  commits = 0;

  load(): Promise<StoredState> {
    return Promise.resolve({ resources: [], twins: [], health: [], notices: [] });
  }

  commit(writes: readonly StoreWrite[]): Promise<void> {
    this.commits += 1;
    for (const write of writes) {
      if (!("put" in write) || write.put !== "cause") continue;
      const key = `${write.device} ${write.cause.property}`;
      this.#causes.set(key, [...(this.#causes.get(key) ?? []), write.cause]);
    }
    return Promise.resolve();
  }

  causes(device: string, property: string): Promise<readonly Cause[]> {
    const causes = this.#causes.get(`${device} ${property}`) ?? [];
    return Promise.resolve(causes.toSorted((a, b) => a.seq - b.seq));
  }

  backup(): Promise<void> {
    return Promise.resolve();
  }

  condition(): StoreCondition {
    return this.#condition;
  }

  /** Puts the store into `condition`, as a full disk would. */
  become(condition: StoreCondition): void {
    this.#condition = condition;
    for (const listener of this.#listeners) listener(condition);
  }

  onCondition(listener: (condition: StoreCondition) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  figures() {
    const bytesWritten = { twin: 120, cause: 80, resource: 0, health: 0, other: 0 };
    return Promise.resolve({
      bytesWritten,
      commits: this.commits,
      syncs: 1,
      rows: 7,
      databaseBytes: 4096,
      walBytes: 0,
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
