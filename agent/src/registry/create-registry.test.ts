import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "@edgetwin/mapper-sdk";
import { ManualClock, SimBoard, settle } from "@edgetwin/mapper-sdk/testing";
import { somebody } from "../../test/support/devices.ts";
import { FakeStore } from "../../test/support/fake-store.ts";
import { fixedCatalogue } from "../../test/support/fixed-catalogue.ts";
import { lampMapper } from "../../test/support/lamp-mapper.ts";
import { AgentError } from "../errors.ts";
import { defaultLimits } from "../runner/session.ts";
import { createEngine } from "../twin/create-engine.ts";
import { createRegistry } from "./create-registry.ts";
import type { RegistryChange } from "./registry.ts";

const model = ({ enums = '{"red":["OFF","ON"],"green":["OFF","ON"]}', levelMax = "100" } = {}) => `
apiVersion: devices.kubeedge.io/v1beta1
kind: DeviceModel
metadata: { name: light, annotations: { edgetwin.io/enums: '${enums}' } }
spec:
  properties:
    - { name: red, type: STRING, accessMode: ReadWrite }
    - { name: green, type: STRING, accessMode: ReadWrite }
    - { name: level, type: INT, accessMode: ReadWrite, maximum: "${levelMax}" }
    - { name: lux, type: FLOAT, accessMode: ReadOnly }
`;

const device = ({ red = "OFF", uid = "", pin = 17 } = {}) => `
apiVersion: devices.kubeedge.io/v1beta1
kind: Device
metadata: { name: light-01${uid && `, uid: ${uid}`} }
spec:
  deviceModelRef: { name: light }
  properties:
    - { name: red, desired: { value: "${red}" }, visitors: { configData: { pin: ${pin} } } }
    - { name: green, visitors: { configData: { pin: 27 } } }
`;

const both = `${model()}---${device()}`;
const id = "default/light-01";

/** An agent without its doors, on what `store` holds. */
async function start(store = new FakeStore(), board = new SimBoard()) {
  const clock = new ManualClock();
  const stored = await store.load();
  const engine = createEngine({ store, clock, log: silentLog, stored });
  const catalogue = fixedCatalogue(lampMapper);
  const parts = { engine, store, board, catalogue, clock, log: silentLog, random: () => 0.5, limits: defaultLimits };
  const registry = createRegistry(parts);
  const changes: RegistryChange[] = [];
  registry.onChange((change) => changes.push(change));
  await registry.restore(stored.resources);
  await settle();
  const run = async () => {
    await settle();
    await clock.advance(0);
    await settle();
  };
  return {
    registry,
    engine,
    store,
    board,
    changes,
    run,
    async apply(text: string) {
      const results = await registry.apply(text, { origin: somebody });
      await run();
      return results.map(({ kind, result }) => `${kind} ${result}`);
    },
    desired: (name: string) => engine.device(id)?.twins.get(name)?.desired?.value,
    async [Symbol.asyncDispose]() {
      await registry[Symbol.asyncDispose]();
      await engine[Symbol.asyncDispose]();
    },
  };
}

const writesIn = ({ commits }: FakeStore) => commits.flatMap(({ writes }) => writes).length;

test("a model and a device are created, opened and driven to what the manifest desires", async () => {
  await using agent = await start();
  assert.deepEqual(await agent.apply(`${device({ red: "ON" })}---${model()}`), [
    "DeviceModel created",
    "Device created",
  ]);
  assert.equal(agent.registry.device(id)?.state.name, "online");
  assert.equal(agent.registry.device(id)?.mapper, "lamps");
  assert.equal(agent.engine.device(id)?.twins.get("red")?.progress?.phase, "verified");
});

test("the same manifests again change nothing and write nothing", async () => {
  await using agent = await start();
  await agent.apply(both);
  const before = writesIn(agent.store);
  assert.deepEqual(await agent.apply(both), ["DeviceModel unchanged", "Device unchanged"]);
  assert.equal(writesIn(agent.store), before);
  assert.equal(agent.registry.device(id)?.generation, 1);
});

test("applying a manifest again does not undo what somebody set since", async () => {
  await using agent = await start();
  await agent.apply(both);
  const origin = somebody;
  await agent.engine.submit(id, { kind: "change", at: 0, origin, desired: { red: { text: "ON" } } });
  await agent.apply(device({ pin: 22 }));
  assert.equal(agent.desired("red"), "ON");
});

test("a changed device keeps its uid, counts a generation and desires what its manifest changed", async () => {
  await using agent = await start();
  await agent.apply(both);
  const uid = agent.registry.device(id)?.uid;
  assert.deepEqual(await agent.apply(device({ red: "ON" })), ["Device configured"]);
  assert.equal(agent.registry.device(id)?.uid, uid);
  assert.equal(agent.registry.device(id)?.generation, 2);
  assert.equal(agent.desired("red"), "ON");
});

test("a device with another uid is a new one: its twins start over", async () => {
  await using agent = await start();
  await agent.apply(`${model()}---${device({ red: "ON" })}`);
  assert.deepEqual(await agent.apply(device({ uid: "6f2c" })), ["Device created"]);
  assert.equal(agent.registry.device(id)?.uid, "6f2c");
  assert.equal(agent.registry.device(id)?.generation, 1);
  assert.equal(agent.engine.device(id)?.twins.get("red")?.desired?.version, 1);
  assert.deepEqual(
    (await agent.store.load()).resources.map(({ kind, name }) => `${kind} ${name}`),
    ["DeviceModel light", "Device light-01"],
  );
});

test("a model that changes reshapes the devices that use it", async () => {
  await using agent = await start();
  await agent.apply(both);
  const level = { level: { text: "90" } };
  const set = () => agent.engine.submit(id, { kind: "change", at: 0, origin: somebody, desired: level });
  assert.deepEqual((await set()).refusals, []);
  assert.deepEqual(await agent.apply(model({ levelMax: "50" })), ["DeviceModel configured"]);
  assert.equal((await set()).refusals[0]?.code, "VALUE_INVALID");
  assert.equal(agent.registry.device(id)?.state.name, "online");
});

test("a device may come before its model, says so, and is served as soon as it is there", async () => {
  await using agent = await start();
  const [result] = await agent.registry.apply(device(), { origin: somebody });
  assert.match(result?.warnings.join() ?? "", /waits for its model default\/light/);
  assert.equal(agent.registry.device(id)?.state.name, "unserved");
  await agent.apply(model());
  assert.equal(agent.registry.device(id)?.state.name, "online");
});

test("a model that cannot be used is refused before anything is stored", async () => {
  await using agent = await start();
  const before = writesIn(agent.store);
  await assert.rejects(agent.apply(model({ enums: "[]" })), (error) => {
    assert.ok(error instanceof AgentError);
    assert.equal(error.code, "MANIFEST_INVALID");
    assert.match(error.message, /edgetwin\.io\/enums/);
    return true;
  });
  assert.equal(writesIn(agent.store), before);
  assert.deepEqual(agent.registry.models(), []);
});

test("one wrong document keeps all others of the text out", async () => {
  await using agent = await start();
  const wrong = device().replace("name: red", "name: rde");
  await assert.rejects(agent.apply(`${model()}---${wrong}`), /did you mean "red"/);
  assert.deepEqual([...agent.registry.models(), ...agent.registry.devices()], []);
});

test("deleting a device lets go of its lines and forgets its twins", async () => {
  await using agent = await start();
  await agent.apply(both);
  await agent.registry.deleteDevice(id, somebody);
  assert.equal(agent.registry.device(id), undefined);
  assert.equal(agent.engine.device(id), undefined);
  assert.equal(agent.changes.at(-1)?.kind, "device deleted");
  await using line = await agent.board.gpio.output(17, { consumer: "the next owner", initial: false });
  assert.ok(line);
  await assert.rejects(agent.registry.deleteDevice(id, somebody), { code: "NOT_FOUND" });
});

test("a model is deleted only when no device refers to it", async () => {
  await using agent = await start();
  await agent.apply(both);
  await assert.rejects(agent.registry.deleteModel("default/light", somebody), /used by default\/light-01/);
  await agent.registry.deleteDevice(id, somebody);
  await agent.registry.deleteModel("default/light", somebody);
  assert.deepEqual(agent.registry.models(), []);
  assert.deepEqual((await agent.store.load()).resources, []);
  await assert.rejects(agent.registry.deleteModel("default/light", somebody), { code: "NOT_FOUND" });
});

test("after a restart everything is back without a manifest, and a manifest that did not change is unchanged", async () => {
  const store = new FakeStore();
  {
    await using agent = await start(store);
    await agent.apply(`${model()}---${device({ red: "ON" })}`);
  }
  await using again = await start(store);
  await again.registry.settled();
  await again.run();
  assert.equal(again.registry.device(id)?.state.name, "online");
  assert.equal(again.desired("red"), "ON");
  assert.deepEqual(await again.apply(`${model()}---${device({ red: "ON" })}`), [
    "DeviceModel unchanged",
    "Device unchanged",
  ]);
});

test("a stored model that this version cannot use refuses its devices; the agent starts all the same", async () => {
  const store = new FakeStore();
  {
    await using agent = await start(store);
    await agent.apply(both);
  }
  const { resources } = await store.load();
  for (const resource of resources.filter(({ kind }) => kind === "DeviceModel")) {
    const manifest = resource.manifest.replace('{\\"red\\"', "{red");
    await store.commit([{ put: "resource", resource: { ...resource, manifest } }], "durable");
  }
  await using again = await start(store);
  const state = again.registry.device(id)?.state;
  assert.ok(state?.name === "refused");
  assert.match(state.reason, /edgetwin\.io\/enums/);
});

test("a card that refuses a manifest leaves everything as it was", async () => {
  await using agent = await start();
  await agent.apply(both);
  agent.store.fill();
  await assert.rejects(agent.apply(device({ red: "ON" })), { code: "STORE_UNAVAILABLE" });
  agent.store.makeRoom();
  assert.equal(agent.registry.device(id)?.generation, 1);
  assert.deepEqual(await agent.apply(device({ red: "ON" })), ["Device configured"]);
});
