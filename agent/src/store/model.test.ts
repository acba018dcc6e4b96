import assert from "node:assert/strict";
import { test } from "node:test";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import fc from "fast-check";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import type { Cause, Health, PropertyTwin } from "../twin/types.ts";
import type { Store, StoredResource, StoreWrite } from "./store.ts";
import { FaultyThread } from "./testing/faulty-thread.ts";
import { openTestStore, whenCondition } from "./testing/open-test-store.ts";
import { cause, health, resource, twin } from "./testing/rows.ts";

const causesPerProperty = 3;
const devices = ["d1", "d2"] as const;
const properties = ["p", "q", "r"] as const;

/** What the store has to hold, as plain maps. */
class Model {
  readonly resources = new Map<string, StoredResource>();
  readonly twins = new Map<string, PropertyTwin>();
  readonly causes = new Map<string, Map<number, Cause>>();
  readonly health = new Map<string, Health>();

  apply(writes: readonly StoreWrite[]): void {
    for (const write of writes) this.#one(write);
  }

  causesOf(device: string, property: string): readonly Cause[] {
    const ring = this.causes.get(`${device}/${property}`) ?? new Map<number, Cause>();
    return [...ring.values()].sort((a, b) => a.seq - b.seq);
  }

  #one(write: StoreWrite): void {
    if ("drop" in write) {
      if (write.drop === "twin") return this.#forget(`${write.device}/${write.property}`);
      this.resources.delete(write.uid);
      this.health.delete(write.uid);
      for (const property of properties) this.#forget(`${write.uid}/${property}`);
    } else if (write.put === "resource") this.resources.set(write.resource.uid, write.resource);
    else if (write.put === "twin") this.twins.set(`${write.device}/${write.twin.name}`, write.twin);
    else if (write.put === "health") this.health.set(write.device, write.health);
    else {
      const key = `${write.device}/${write.cause.property}`;
      const ring = this.causes.get(key) ?? new Map<number, Cause>();
      this.causes.set(key, ring.set(write.cause.seq % causesPerProperty, write.cause));
    }
  }

  #forget(key: string): void {
    this.twins.delete(key);
    this.causes.delete(key);
  }
}

async function assertHolds(store: Store, model: Model): Promise<void> {
  const { resources, twins, health: states, notices } = await store.load();
  const sorted = <T>(entries: Iterable<readonly [string, T]>) => [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  assert.deepEqual(notices, []);
  assert.deepEqual(sorted(resources.map((of) => [of.uid, of])), sorted(model.resources));
  assert.deepEqual(sorted(twins.map((of) => [`${of.device}/${of.twin.name}`, of.twin])), sorted(model.twins));
  assert.deepEqual(sorted(states.map((of) => [of.device, of.health])), sorted(model.health));
  for (const device of devices) {
    for (const property of properties) {
      assert.deepEqual(await store.causes(device, property), model.causesOf(device, property));
    }
  }
}

const device = fc.constantFrom(...devices);
const property = fc.constantFrom(...properties);
const number = fc.nat({ max: 20 });
const write: fc.Arbitrary<StoreWrite> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(device, property, number)
      .map(([of, name, n]): StoreWrite => ({ put: "twin", device: of, twin: twin(name, n) })),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(device, property, number)
      .map(([of, name, n]): StoreWrite => ({ put: "cause", device: of, cause: cause(name, n) })),
  },
  fc.tuple(device, number).map(([of, n]): StoreWrite => ({ put: "health", device: of, health: health("ok", n) })),
  fc.tuple(device, number).map(([of, n]): StoreWrite => ({ put: "resource", resource: resource(of, `m${n}`) })),
  fc.tuple(device, property).map(([of, name]): StoreWrite => ({ drop: "twin", device: of, property: name })),
  device.map((uid): StoreWrite => ({ drop: "resource", uid })),
);

type Step =
  | {
      readonly kind: "commits";
      readonly commits: readonly { readonly writes: readonly StoreWrite[]; readonly durable: boolean }[];
    }
  | { readonly kind: "failure"; readonly writes: readonly StoreWrite[] }
  | { readonly kind: "restart" }
  | { readonly kind: "crash" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .array(fc.record({ writes: fc.array(write, { minLength: 1, maxLength: 4 }), durable: fc.boolean() }), {
        minLength: 1,
        maxLength: 5,
      })
      .map((commits): Step => ({ kind: "commits", commits })),
  },
  fc.array(write, { minLength: 1, maxLength: 4 }).map((writes): Step => ({ kind: "failure", writes })),
  fc.constantFrom<Step>({ kind: "restart" }, { kind: "crash" }),
);

test("holds exactly what was acknowledged, through any order of commits, failures, crashes of the thread and restarts", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      using temporary = temporaryDirectory();
      const disk = new FaultyThread();
      const clock = new ManualClock();
      const open = () =>
        openTestStore(temporary.path, { limits: { causesPerProperty }, startThread: disk.start, clock });
      const model = new Model();
      let store = await open();
      try {
        for (const next of steps) {
          if (next.kind === "commits") {
            for (const { writes } of next.commits) model.apply(writes);
            await Promise.all(
              next.commits.map(({ writes, durable }) => store.commit(writes, durable ? "durable" : "lazy")),
            );
          } else if (next.kind === "restart") {
            await store[Symbol.asyncDispose]();
            store = await open();
          } else {
            if (next.kind === "failure") {
              disk.fail = (job) => (job.do === "commit" ? "SQLITE_IOERR_WRITE" : undefined);
              await assert.rejects(store.commit(next.writes, "durable"), { code: "STORE_UNAVAILABLE" });
              disk.fail = () => undefined;
            } else await disk.crash();
            const recovered = whenCondition(store, "ok");
            await clock.advance(60_000);
            await recovered;
          }
          await assertHolds(store, model);
        }
      } finally {
        await store[Symbol.asyncDispose]();
      }
    }),
    { numRuns: Number(process.env.EDGETWIN_MODEL_RUNS ?? 15) },
  );
});
