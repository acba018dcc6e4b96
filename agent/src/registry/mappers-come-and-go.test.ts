import assert from "node:assert/strict";
import { test } from "node:test";
import { type Awaitable, type Mapper, MapperError, silentLog } from "@edgetwin/mapper-sdk";
import { ManualClock, SimBoard, settle } from "@edgetwin/mapper-sdk/testing";
import { light, somebody } from "../../test/support/devices.ts";
import { FakeStore } from "../../test/support/fake-store.ts";
import { lampMapper } from "../../test/support/lamp-mapper.ts";
import { defaultLimits } from "../runner/session.ts";
import { createEngine } from "../twin/create-engine.ts";
import { MapperCatalogue } from "./catalogue.ts";
import { createRegistry } from "./create-registry.ts";

const manifests = (name: string, model: string, pin: number) => `
apiVersion: devices.kubeedge.io/v1beta1
kind: DeviceModel
metadata: { name: ${model} }
spec:
  properties:
    - { name: red, type: STRING, accessMode: ReadWrite }
    - { name: green, type: STRING, accessMode: ReadWrite }
    - { name: level, type: INT, accessMode: ReadWrite, minimum: "0", maximum: "100" }
    - { name: lux, type: FLOAT, accessMode: ReadOnly }
---
apiVersion: devices.kubeedge.io/v1beta1
kind: Device
metadata: { name: ${name} }
spec:
  deviceModelRef: { name: ${model} }
  properties:
    - { name: red, desired: { value: "ON" }, visitors: { configData: { pin: ${pin} } } }
    - { name: green, visitors: { configData: { pin: ${pin + 1} } } }
`;

const id = "default/light-01";

async function start() {
  const [clock, store, board] = [new ManualClock(), new FakeStore(), new SimBoard()];
  const engine = createEngine({ store, clock, log: silentLog, stored: await store.load() });
  const catalogue = new MapperCatalogue(silentLog);
  catalogue.announce("lamps");
  const common = { engine, store, board, catalogue, clock, log: silentLog };
  const registry = createRegistry({ ...common, random: () => 0.5, limits: defaultLimits });
  await registry.restore([]);
  const run = async (ms = 0) => {
    await settle();
    await clock.advance(ms);
    await settle();
  };
  return {
    ...common,
    registry,
    run,
    /** Applies manifests; time goes on meanwhile. */
    async apply(text: string) {
      const results = await clock.runUntil(registry.apply(text, { origin: somebody }));
      await run();
      return results;
    },
    state: (device = id) => {
      const state = registry.device(device)?.state;
      return state && "reason" in state ? `${state.name}: ${state.reason}` : state?.name;
    },
    twin: (name: string) => engine.device(id)?.twins.get(name),
    async [Symbol.asyncDispose]() {
      await registry[Symbol.asyncDispose]();
      await engine[Symbol.asyncDispose]();
    },
  };
}

test("a device waits for a mapper that is still starting, and is driven when it comes", async () => {
  await using agent = await start();
  await agent.apply(manifests("light-01", "light", 17));
  assert.equal(agent.state(), "waiting: its mapper is not known yet: lamps is still starting");
  assert.equal(agent.twin("red")?.desired?.value, "ON");
  agent.catalogue.attach("lamps", [lampMapper]);
  await agent.run();
  assert.equal(agent.state(), "online");
  assert.equal(agent.twin("red")?.progress?.phase, "verified");
});

test("a device whose mapper goes away waits with its last values as stale, and its lines are free", async () => {
  await using agent = await start();
  agent.catalogue.attach("lamps", [lampMapper]);
  await agent.apply(manifests("light-01", "light", 17));
  await agent.run(1000);
  agent.catalogue.detach("lamps", "it was killed by SIGKILL");
  await agent.run();
  assert.equal(agent.state(), "waiting: its mapper lamps is not running: it was killed by SIGKILL");
  assert.equal(agent.twin("red")?.reported?.value, "ON");
  assert.equal(agent.twin("red")?.reported?.quality, "stale");
  assert.match(agent.twin("red")?.reported?.reason ?? "", /is not running/);
  assert.equal(agent.board.open, 0);
  const at = agent.clock.now();
  await agent.engine.submit(id, { kind: "change", at, origin: somebody, desired: { red: { text: "OFF" } } });
  agent.catalogue.attach("lamps", [{ ...lampMapper }]);
  await agent.run();
  assert.equal(agent.state(), "online");
  assert.equal(agent.twin("red")?.progress?.phase, "verified");
  assert.equal(agent.twin("red")?.reported?.value, "OFF");
});

test("a mapper that comes or goes leaves the devices of the others alone", async () => {
  await using agent = await start();
  const other = { ...lampMapper, model: { ...light, name: "other" } } as Mapper;
  agent.catalogue.attach("lamps", [lampMapper]);
  agent.catalogue.announce("other");
  agent.catalogue.attach("other", [other]);
  await agent.apply(`${manifests("light-01", "light", 17)}---${manifests("light-02", "other", 20)}`);
  const states: string[] = [];
  agent.registry.onChange((change) => "device" in change && states.push(`${change.device.id} ${change.kind}`));
  agent.catalogue.detach("other", "gone");
  await agent.run();
  assert.deepEqual(
    states.filter((line) => line.startsWith(id)),
    [],
  );
  assert.equal(agent.state("default/light-02"), "waiting: its mapper other is not running: gone");
});

test("a package that fails to load at last leaves its device to a mapper on the message bus, and says why", async () => {
  await using agent = await start();
  await agent.apply(manifests("light-01", "light", 17));
  agent.catalogue.fail("lamps", "it failed while it was loaded: oops");
  await agent.run();
  assert.match(agent.state() ?? "", /^unserved: .*what does not load: lamps \(it failed while it was loaded: oops\)$/);
  assert.equal(agent.engine.device(id)?.shape.served, false);
});

/** A mapper that takes its time to say whether it takes a configuration. */
const remote = (modelFor: () => Awaitable<typeof light>): Mapper => ({ ...lampMapper, modelFor }) as unknown as Mapper;

test("a mapper that answers after a while narrows the model then", async () => {
  await using agent = await start();
  agent.catalogue.attach("lamps", [remote(() => Promise.resolve(light))]);
  await agent.apply(manifests("light-01", "light", 17));
  assert.equal(agent.state(), "online");
});

test("a mapper that never answers costs its devices only, and is asked again", async () => {
  await using agent = await start();
  let asked = 0;
  let answer: (model: typeof light) => void = () => {};
  const silent = remote(() => {
    asked++;
    return new Promise((resolve) => {
      answer = resolve;
    });
  });
  const other = { ...lampMapper, model: { ...light, name: "other" } } as Mapper;
  agent.catalogue.attach("lamps", [silent]);
  agent.catalogue.announce("other");
  agent.catalogue.attach("other", [other]);
  const before = agent.clock.monotonic();
  await agent.apply(
    [manifests("light-01", "light", 17), manifests("light-03", "light", 4), manifests("light-02", "other", 20)].join(
      "---",
    ),
  );
  assert.ok(
    agent.clock.monotonic() - before <= 1_000,
    "whoever applies waits for such a mapper once, a second at most",
  );
  assert.equal(agent.state("default/light-02"), "online");
  assert.match(agent.state() ?? "", /^waiting: its mapper lamps has not answered yet/);
  await agent.run(10_000);
  assert.match(agent.state() ?? "", /^waiting: its mapper lamps did not answer within 10000 ms$/);
  await agent.run(1_000);
  assert.equal(asked, 4);
  answer(light);
  await agent.run();
  assert.equal(agent.state("default/light-03"), "online");
});

test("a mapper that is out of reach is asked again, one that refuses is not", async () => {
  await using agent = await start();
  let asked = 0;
  const lost = remote(() => {
    asked++;
    if (asked === 1) return Promise.reject(new MapperError("DEVICE_IO", "its process ended"));
    return Promise.reject(new MapperError("CONFIG_INVALID", "visitors.red.pin: expected a whole number"));
  });
  agent.catalogue.attach("lamps", [lost]);
  await agent.apply(manifests("light-01", "light", 17));
  assert.equal(
    agent.state(),
    "waiting: its mapper lamps did not say whether it takes the configuration: its process ended",
  );
  await agent.run(1_000);
  assert.equal(agent.state(), "refused: visitors.red.pin: expected a whole number");
  await agent.run(100_000);
  assert.equal(asked, 2);
});
