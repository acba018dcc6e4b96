import { silentLog } from "@edgetwin/mapper-sdk";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import type { Core } from "../../../src/core.ts";
import { createEngine } from "../../../src/twin/create-engine.ts";
import type { Phase } from "../../../src/twin/types.ts";
import { lightId, trafficLight } from "./manifests.ts";
import { MemoryRegistry } from "./memory-registry.ts";
import { MemoryStore } from "./memory-store.ts";

/** The agent's core on memory and a clock that stands still, with one traffic light whose lamps the test drives. */
export interface TestCore extends Core {
  readonly store: MemoryStore;
  readonly registry: MemoryRegistry;
  readonly clock: ManualClock;
  /** Says how far the driver got with the newest desired version of a property of the light. */
  progress(property: string, phase: Exclude<Phase, "pending">, reason?: string): Promise<void>;
  /** Reports a value as the mapper would. */
  report(property: string, json: unknown): Promise<void>;
}

export async function testCore(): Promise<TestCore> {
  const clock = new ManualClock();
  const store = new MemoryStore();
  const engine = createEngine({ store, clock, log: silentLog, stored: await store.load() });
  const registry = new MemoryRegistry(engine, clock);
  await registry.apply(trafficLight, { origin: { door: "manifest", actor: "test" } });
  return {
    node: "bench",
    engine,
    registry,
    store,
    clock,
    log: silentLog,
    async progress(property, phase, reason) {
      const version = engine.device(lightId)?.twins.get(property)?.desired?.version ?? 0;
      const at = clock.now();
      await engine.submit(lightId, { kind: "progress", at, property, version, phase, ...(reason && { reason }) });
    },
    async report(property, json) {
      const at = clock.now();
      const origin = { door: "mapper", actor: "gpio" } as const;
      await engine.submit(lightId, { kind: "change", at, origin, reported: { [property]: { raw: { json } } } });
    },
  };
}
