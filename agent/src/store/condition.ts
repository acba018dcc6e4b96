import type { Log } from "@edgetwin/mapper-sdk";
import type { StoreCondition } from "./store.ts";

/** Keeps the condition, logs its changes once each, and tells listeners. */
export class ConditionBoard {
  readonly #log: Log;
  readonly #listeners = new Set<(condition: StoreCondition) => void>();
  #condition: StoreCondition = { state: "ok" };

  constructor(log: Log) {
    this.#log = log;
  }

  get now(): StoreCondition {
    return this.#condition;
  }

  degrade(reason: string): void {
    if (this.#condition.state === "degraded" && this.#condition.reason === reason) return;
    if (this.#condition.state === "ok") this.#log.error("store degraded", { reason });
    else this.#log.debug("store still degraded", { reason });
    this.#set({ state: "degraded", reason });
  }

  recover(): void {
    if (this.#condition.state === "ok") return;
    this.#log.info("store takes writes again");
    this.#set({ state: "ok" });
  }

  listen(listener: (condition: StoreCondition) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #set(condition: StoreCondition): void {
    this.#condition = condition;
    for (const listener of this.#listeners) {
      try {
        listener(condition);
      } catch (error) {
        this.#log.error("store listener failed", { error });
      }
    }
  }
}
