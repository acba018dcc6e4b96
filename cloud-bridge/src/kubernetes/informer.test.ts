import assert from "node:assert/strict";
import { PassThrough, Readable } from "node:stream";
import { test } from "node:test";
import { silentLog } from "@edgetwin/mapper-sdk";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import { HttpKubernetesClient } from "./http-client.ts";
import { Informer } from "./informer.ts";
import { resourceTypes } from "./resource-types.ts";
import { fakeApiServer, recordedAnswers } from "./testing/fake-api-server.ts";

const type = resourceTypes.devices;
const selection = { namespace: "rec-kubectl" };

test("a cache follows a real server through a cut, an end, an expired version and a failure", async () => {
  await using server = await fakeApiServer(await recordedAnswers());
  using client = new HttpKubernetesClient(server.access, { random: () => 0 });
  const clock = new ManualClock();
  const failures: string[] = [];
  const note = (event: string) => void failures.push(event);
  const informer = new Informer({
    client,
    type,
    selection,
    clock,
    log: { ...silentLog, info: note, warn: note },
    random: () => 0,
    indexes: { node: ({ spec }) => (spec as { readonly nodeName?: string }).nodeName },
  });
  const stop = new AbortController();
  const told: string[] = [];
  const last = new Promise<void>((resolve) => {
    informer.subscribe(({ key, before, now }) => {
      told.push(`${before ? (now ? "changed" : "gone") : "new"} ${key} ${(now ?? before)?.metadata.resourceVersion}`);
      if (told.at(-1)?.startsWith("gone") && told.some((line) => line.endsWith(" 763"))) resolve();
    });
  });
  const running = informer.run(stop.signal);
  await clock.runUntil(last);
  await informer.synced;
  const light = informer.cache.get("rec-kubectl/light");
  assert.equal(light?.metadata.resourceVersion, "763");
  assert.equal(light?.metadata.managedFields, undefined);
  assert.deepEqual(Object.keys(light?.metadata.annotations as object), []);
  assert.equal(informer.cache.size, 1);
  const { nodeName } = (light?.spec ?? {}) as { readonly nodeName: string };
  assert.deepEqual([...informer.cache.keysBy("node", nodeName)], ["rec-kubectl/light"]);
  const temporary = (name: string, version: number) => [
    `new rec-kubectl/${name} ${version}`,
    `gone rec-kubectl/${name} ${version}`,
  ];
  assert.deepEqual(told, [
    "new rec-kubectl/light 747",
    "changed rec-kubectl/light 749",
    "new rec-kubectl/light-c2nq4 750",
    "changed rec-kubectl/light 751",
    "gone rec-kubectl/light-c2nq4 750",
    "changed rec-kubectl/light 753",
    ...temporary("light-v2cdf", 754),
    "changed rec-kubectl/light 756",
    ...temporary("light-9n7pn", 757),
    "changed rec-kubectl/light 759",
    ...temporary("light-2lf8q", 760),
    "changed rec-kubectl/light 763",
    ...temporary("light-2fwcj", 764),
  ]);
  assert.deepEqual(failures, ["watch failed", "watch expired", "watch failed"]);
  const versions = server.seen
    .filter(({ query }) => query.has("watch"))
    .map(({ query }) => query.get("resourceVersion"));
  assert.deepEqual(versions, ["747", "752", "755", "758", "758", "761", "761"]);
  assert.equal(server.seen.filter(({ query }) => !query.has("watch")).length, 2);
  stop.abort();
  await running;
});

test("a server that ends every watch at once is asked with growing pauses", async () => {
  const clock = new ManualClock();
  const stop = new AbortController();
  let watches = 0;
  const client = {
    list: async () => ({ items: [], resourceVersion: "1" }),
    watch() {
      watches += 1;
      return Readable.from([]);
    },
  };
  const informer = new Informer({ client, type, clock, log: silentLog, indexes: {}, random: () => 1 });
  const running = informer.run(stop.signal);
  await clock.advance(60_000);
  assert.equal(watches, 7, "at 0, 0.8, 2.4, 5.6, 12, 24.8, 50.4 s");
  stop.abort();
  await running;
});

test("a list that cannot be had is tried again, and `synced` waits for it", async () => {
  const clock = new ManualClock();
  const stop = new AbortController();
  let lists = 0;
  const client = {
    async list() {
      lists += 1;
      if (lists < 3) throw new Error("refused");
      return { items: [], resourceVersion: "1" };
    },
    watch: (_type: unknown, _selection: unknown, { signal }: { readonly signal: AbortSignal }) =>
      new PassThrough({ objectMode: true, signal }),
  };
  const informer = new Informer({ client, type, clock, log: silentLog, indexes: {} });
  const running = informer.run(stop.signal);
  await clock.runUntil(informer.synced);
  assert.equal(lists, 3);
  stop.abort();
  await running;
});
