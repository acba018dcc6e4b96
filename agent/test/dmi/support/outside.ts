import { join } from "node:path";
import { delay, type Log, Scope, silentLog, systemClock } from "@edgetwin/mapper-sdk";
import { SimBoard } from "@edgetwin/mapper-sdk/testing";
import { type Dmi, openDmi } from "../../../src/dmi/open-dmi.ts";
import { MapperCatalogue } from "../../../src/registry/catalogue.ts";
import { createRegistry, type RunningRegistry } from "../../../src/registry/create-registry.ts";
import { defaultLimits } from "../../../src/runner/session.ts";
import { createEngine } from "../../../src/twin/create-engine.ts";
import type { PropertyTwin } from "../../../src/twin/types.ts";
import { somebody } from "../../support/devices.ts";
import { FakeStore } from "../../support/fake-store.ts";

/** An agent without its doors but the one for mappers of other processes. */
export interface Outside extends AsyncDisposable {
  readonly manager: string;
  readonly catalogue: MapperCatalogue;
  readonly registry: RunningRegistry;
  readonly engine: ReturnType<typeof createEngine>;
  readonly dmi: Dmi;
  apply(text: string): Promise<void>;
  desire(id: string, desired: Readonly<Record<string, string>>): Promise<void>;
  twin(id: string, name: string): PropertyTwin | undefined;
  state(id: string): string;
  /** Resolves when `condition` holds after a change of a twin, device or mapper. Rejects with `what` after ten seconds. */
  until(what: string, condition: () => boolean): Promise<void>;
}

/** Starts it on `directory`; the store is what another one left. */
export async function startOutside(
  directory: string,
  {
    store = new FakeStore(),
    log = silentLog as Log,
    v1alpha1 = true,
    reportRate = { burst: 2_000, perSecond: 500 },
  } = {},
): Promise<Outside> {
  await using scope = new Scope();
  const clock = systemClock;
  const stored = await store.load();
  const manager = join(directory, "dmi.sock");
  const engine = scope.use(createEngine({ store, clock, log, stored }));
  const catalogue = new MapperCatalogue(log);
  let dmi: Dmi | undefined;
  scope.defer(() => dmi?.[Symbol.asyncDispose]());
  const board = new SimBoard();
  const registry = scope.use(
    createRegistry({ engine, store, board, catalogue, clock, log, random: () => 0, limits: defaultLimits }),
  );
  const core = { node: "test", engine, registry, store, clock, log };
  const config = { dmi: { socket: manager, kubeedgeSocket: undefined, v1alpha1 }, stateDirectory: directory };
  const parts = { config, core, catalogue, children: new Map<string, string>(), reportRate };
  dmi = await openDmi({ ...parts, random: () => 0, onAttached() {} });
  await registry.restore(stored.resources);
  await dmi.restore();
  const owned = scope.move();
  const waiting = new Set<() => void>();
  const notify = () => {
    for (const wake of [...waiting]) wake();
    waiting.clear();
  };
  engine.onApplied(notify);
  registry.onChange(notify);
  catalogue.onChange(notify);
  const state = (id: string) => {
    const now = registry.device(id)?.state;
    return now && "reason" in now ? `${now.name}: ${now.reason}` : (now?.name ?? "none");
  };
  return {
    manager,
    catalogue,
    registry,
    engine,
    dmi,
    state,
    async apply(text) {
      await registry.apply(text, { origin: somebody });
    },
    async desire(id, desired) {
      const entries = Object.entries(desired).map(([name, text]) => [name, { text }] as const);
      const event = {
        kind: "change",
        at: clock.now(),
        origin: somebody,
        desired: Object.fromEntries(entries),
      } as const;
      const { refusals } = await engine.submit(id, event);
      if (refusals.length > 0) throw new Error(refusals.map(({ message }) => message).join("; "));
    },
    twin: (id, name) => engine.device(id)?.twins.get(name),
    async until(what, condition) {
      const enough = new AbortController();
      const late = delay(clock, 10_000, enough.signal).then(
        () => true,
        () => false,
      );
      try {
        while (!condition()) {
          const woken = new Promise<boolean>((resolve) => waiting.add(() => resolve(false)));
          if (await Promise.race([woken, late])) {
            const states = registry.devices().map(({ id }) => `${id} ${state(id)}`);
            throw new Error(`${what} did not come about: ${states.join("; ")}`);
          }
        }
      } finally {
        enough.abort();
      }
    },
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}
