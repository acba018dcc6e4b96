import { AgentError } from "../../src/errors.ts";
import type {
  Durability,
  Store,
  StoreCondition,
  StoredResource,
  StoredState,
  StoreWrite,
} from "../../src/store/store.ts";
import type { Cause, Health, PropertyTwin } from "../../src/twin/types.ts";

interface Waiting {
  readonly writes: readonly StoreWrite[];
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * A store in memory whose disk a test holds, lets go, fills and crashes. What was written before `crash()` and let
 * through is there afterwards; what waited is lost.
 */
export class FakeStore implements Store {
  readonly commits: { readonly writes: readonly StoreWrite[]; readonly durability: Durability }[] = [];
  readonly #twins = new Map<string, { device: string; twin: PropertyTwin }>();
  readonly #health = new Map<string, Health>();
  readonly #causes: { device: string; cause: Cause }[] = [];
  readonly #resources = new Map<string, StoredResource>();
  #waiting: Waiting[] = [];
  #held = false;
  #full = false;

  /** Lets commits wait until `letGo`. */
  hold(): void {
    this.#held = true;
  }

  /** Completes what waits, in order. */
  letGo(): void {
    this.#held = false;
    for (const { writes, resolve } of this.#waiting.splice(0)) {
      this.#put(writes);
      resolve();
    }
  }

  /** Makes commits fail, those that wait included, until `makeRoom`. */
  fill(): void {
    this.#full = true;
    for (const { reject } of this.#waiting.splice(0)) reject(diskFull());
  }

  makeRoom(): void {
    this.#full = false;
  }

  /** Loses what waits, as a power cut does; nobody is told. */
  crash(): void {
    this.#waiting = [];
    this.#held = false;
  }

  async commit(writes: readonly StoreWrite[], durability: Durability): Promise<void> {
    if (this.#full) throw diskFull();
    this.commits.push({ writes, durability });
    if (!this.#held) return this.#put(writes);
    await new Promise<void>((resolve, reject) => this.#waiting.push({ writes, resolve, reject }));
  }

  async load(): Promise<StoredState> {
    return {
      resources: [...this.#resources.values()],
      twins: [...this.#twins.values()],
      health: [...this.#health].map(([device, health]) => ({ device, health })),
      notices: [],
    };
  }

  async causes(device: string, property: string): Promise<readonly Cause[]> {
    return this.#causes
      .filter((entry) => entry.device === device && entry.cause.property === property)
      .map(({ cause }) => cause);
  }

  async backup(): Promise<void> {}

  condition(): StoreCondition {
    return this.#full ? { state: "degraded", reason: "the disk is full" } : { state: "ok" };
  }

  onCondition(): () => void {
    return () => {};
  }

  async figures() {
    return {
      bytesWritten: { twin: 0, cause: 0, resource: 0, health: 0, other: 0 },
      commits: this.commits.length,
      syncs: 0,
      rows: this.#twins.size,
      databaseBytes: 0,
      walBytes: 0,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #put(writes: readonly StoreWrite[]): void {
    for (const write of writes) {
      if ("put" in write && write.put === "twin") {
        this.#twins.set(`${write.device} ${write.twin.name}`, { device: write.device, twin: write.twin });
      } else if ("put" in write && write.put === "health") this.#health.set(write.device, write.health);
      else if ("put" in write && write.put === "cause") this.#causes.push({ device: write.device, cause: write.cause });
      else if ("put" in write && write.put === "resource") this.#resources.set(write.resource.uid, write.resource);
      else if ("drop" in write && write.drop === "twin") this.#twins.delete(`${write.device} ${write.property}`);
      else if ("drop" in write && write.drop === "resource") this.#dropResource(write.uid);
    }
  }

  #dropResource(uid: string): void {
    this.#resources.delete(uid);
    this.#health.delete(uid);
    for (const [key, { device }] of this.#twins) if (device === uid) this.#twins.delete(key);
  }
}

const diskFull = () => new AgentError("STORE_UNAVAILABLE", "the disk is full");
