import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { connect, v1beta1 } from "@edgetwin/mapper-sdk/dmi";
import { FakeStore } from "../support/fake-store.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { type Driver, FrameworkMapper } from "./support/framework-mapper.ts";
import { startOutside } from "./support/outside.ts";

const model = `
apiVersion: devices.kubeedge.io/v1beta1
kind: DeviceModel
metadata: { name: lamp }
spec:
  protocol: virtual
  properties:
    - { name: power, type: STRING, accessMode: ReadWrite }
    - { name: level, type: INT, accessMode: ReadWrite, minimum: "0", maximum: "100" }
    - { name: lux, type: FLOAT, accessMode: ReadOnly }
    - { name: unused, type: STRING, accessMode: ReadOnly }
`;
const device = (name = "lamp-01", extra = "") => `
apiVersion: devices.kubeedge.io/v1beta1
kind: Device
metadata: { name: ${name} }
spec:
  deviceModelRef: { name: lamp }
  protocol: { protocolName: virtual, configData: { host: "10.0.0.1", port: 5502 } }
  properties:
    - { name: power, collectCycle: 30, desired: { value: "ON" }, visitors: { protocolName: virtual, configData: { register: 1 } } }
    - { name: level, collectCycle: 30 }
    - { name: lux, collectCycle: 30, visitors: { protocolName: virtual, configData: { register: 3, scale: 0.1 } } }
${extra}`;
const id = "default/lamp-01";

/** Lamps in memory. */
class Lamps implements Driver {
  readonly writes: string[] = [];
  readonly values = new Map<string, unknown>();

  get(_device: string, property: string): unknown {
    return this.values.get(property) ?? (property === "lux" ? 0.1 : property === "level" ? 0 : "OFF");
  }

  set(_device: string, property: string, value: unknown): void {
    this.writes.push(`${property}=${value}`);
    if (value !== "") this.values.set(property, value);
  }
}

function mapperIn(directory: string, driver: Driver, options: { name?: string } = {}): FrameworkMapper {
  const sockets = { socket: join(directory, "virtual.sock"), manager: join(directory, "dmi.sock") };
  return new FrameworkMapper({ protocol: "virtual", driver, ...sockets, ...options });
}

test("a mapper of KubeEdge gets its devices with the registration, and what it reports becomes the twin", async () => {
  using directory = temporaryDirectory();
  await using agent = await startOutside(directory.path);
  await agent.apply(`${model}---${device()}`);
  assert.match(agent.state(id), /^unserved: no installed mapper speaks virtual/);
  const lamps = new Lamps();
  await using mapper = mapperIn(directory.path, lamps);
  await mapper.start();
  await agent.until("verified", () => agent.twin(id, "power")?.progress?.phase === "verified");
  await agent.until("lux", () => agent.twin(id, "lux")?.reported !== undefined);
  assert.equal(agent.state(id), "online");
  assert.equal(agent.twin(id, "lux")?.reported?.value, Math.fround(0.1));
  assert.deepEqual([...mapper.models.keys()], ["default/lamp"]);
  assert.deepEqual(mapper.panics, []);
  assert.deepEqual(mapper.refused, []);
  assert.deepEqual(mapper.calls, [], "the answer to the registration said everything");
  assert.deepEqual(lamps.writes, ["power=ON", "level="]);
});

test("a desired value is one update with everything, and verified by the next report", async () => {
  using directory = temporaryDirectory();
  await using agent = await startOutside(directory.path);
  const lamps = new Lamps();
  await using mapper = mapperIn(directory.path, lamps);
  await mapper.start();
  await agent.apply(`${model}---${device()}`);
  await agent.until("online", () => agent.twin(id, "power")?.progress?.phase === "verified");
  assert.deepEqual(mapper.calls, ["CreateDeviceModel default/lamp", `RegisterDevice ${id}`], "the model first");
  lamps.writes.length = 0;
  await agent.desire(id, { level: "40" });
  await agent.until("verified", () => agent.twin(id, "level")?.progress?.phase === "verified");
  assert.equal(agent.twin(id, "level")?.reported?.value, 40n);
  assert.deepEqual(mapper.calls.slice(2), [`UpdateDevice ${id}`]);
  assert.deepEqual(lamps.writes, ["power=ON", "level=40"]);
  await agent.desire(id, { level: "40" });
  await agent.apply(device());
  assert.deepEqual(mapper.calls.slice(3), [], "nothing changed, so nothing is sent");
  assert.deepEqual(mapper.panics, []);
});

test("changes of the manifest go as one update, a removed device is removed once, and its model with it", async () => {
  using directory = temporaryDirectory();
  await using agent = await startOutside(directory.path);
  await using mapper = mapperIn(directory.path, new Lamps());
  await mapper.start();
  await agent.apply(`${model}---${device()}`);
  await agent.until("online", () => agent.state(id) === "online");
  await mapper.until(() => mapper.calls.length === 2);
  await agent.apply(device("lamp-01", "  methods: [{ name: blink, propertyNames: [power] }]"));
  await mapper.until(() => mapper.calls.length === 3);
  await agent.apply(model.replace('maximum: "100"', 'maximum: "50"'));
  await mapper.until(() => mapper.calls.length === 4);
  const origin = { door: "rest", actor: "test" } as const;
  await agent.registry.deleteDevice(id, origin);
  await agent.registry.deleteModel("default/lamp", origin);
  await mapper.until(() => mapper.calls.length === 6);
  assert.deepEqual(mapper.calls.slice(2), [
    `UpdateDevice ${id}`,
    "UpdateDeviceModel default/lamp",
    `RemoveDevice ${id}`,
    "RemoveDeviceModel default/lamp",
  ]);
  assert.deepEqual(mapper.panics, []);
});

test("a mapper that is gone leaves its devices waiting with what they showed last, and gets them again", async () => {
  using directory = temporaryDirectory();
  await using agent = await startOutside(directory.path);
  await agent.apply(`${model}---${device()}`);
  const lamps = new Lamps();
  const first = mapperIn(directory.path, lamps);
  await first.start();
  await agent.until("verified", () => agent.twin(id, "power")?.progress?.phase === "verified");
  await first.kill();
  await agent.until("waiting", () => agent.state(id).startsWith("waiting: its mapper framework-mapper is not running"));
  assert.equal(agent.twin(id, "power")?.reported?.quality, "stale");
  await agent.desire(id, { power: "OFF" });
  await using second = mapperIn(directory.path, lamps);
  await second.start();
  await agent.until("verified", () => agent.twin(id, "power")?.progress?.phase === "verified");
  assert.equal(agent.twin(id, "power")?.reported?.value, "OFF");
  assert.deepEqual(second.panics, []);
});

test("after a restart of the agent a mapper that does not register again is called again, and nothing is rewritten", async () => {
  using directory = temporaryDirectory();
  const store = new FakeStore();
  const lamps = new Lamps();
  await using mapper = mapperIn(directory.path, lamps);
  {
    await using agent = await startOutside(directory.path, { store });
    await agent.apply(`${model}---${device()}`);
    await mapper.start();
    await agent.until("verified", () => agent.twin(id, "power")?.progress?.phase === "verified");
  }
  const before = mapper.calls.length;
  lamps.writes.length = 0;
  await using agent = await startOutside(directory.path, { store });
  await agent.until(
    "online",
    () => agent.twin(id, "lux")?.reported?.quality === "good" && agent.state(id) === "online",
  );
  assert.deepEqual(mapper.calls.slice(before), []);
  assert.deepEqual(lamps.writes, []);
  await agent.desire(id, { level: "7" });
  await agent.until("verified", () => agent.twin(id, "level")?.progress?.phase === "verified");
  assert.deepEqual(mapper.calls.slice(before), [`UpdateDevice ${id}`]);
  assert.deepEqual(mapper.panics, []);
});

test("reports about what does not exist are answered clearly, bad values and states are seen", async () => {
  using directory = temporaryDirectory();
  await using agent = await startOutside(directory.path);
  await agent.apply(`${model}---${device()}`);
  await using mapper = mapperIn(directory.path, new Lamps());
  await mapper.start();
  await agent.until("online", () => agent.state(id) === "online");
  const lamp = mapper.devices.get(id)?.device;
  assert.ok(lamp);
  await mapper.report({ ...lamp, name: "lamp-77" }, "power", "ON");
  await mapper.report(lamp, "pwer", "ON");
  await mapper.reportState("default", "lamp-01", "happy");
  assert.match(mapper.refused[0] ?? "", /there is no device default\/lamp-77 on this node/);
  assert.match(mapper.refused[1] ?? "", /default\/lamp-01 has no property pwer; did you mean "power"\?/);
  assert.match(mapper.refused[2] ?? "", /"happy" is no state of a device; use ok, online/);
  await mapper.report(lamp, "level", "much");
  await agent.until("bad", () => agent.twin(id, "level")?.reported?.quality === "bad");
  assert.match(
    agent.twin(id, "level")?.reported?.reason ?? "",
    /^its mapper framework-mapper reported "much": expected a whole number/,
  );
  await mapper.reportState("default", "lamp-01", "DISCONNECTED");
  await agent.until("offline", () => agent.engine.device(id)?.health.state === "offline");
  assert.equal(agent.engine.device(id)?.health.reason, "its mapper framework-mapper says that it is offline");
});

test("a mapper that floods reports is told so and costs the others nothing", async () => {
  using directory = temporaryDirectory();
  // So slow that the bucket is empty on any machine.
  await using agent = await startOutside(directory.path, { reportRate: { burst: 200, perSecond: 0.01 } });
  await agent.apply(`${model}---${device()}`);
  await using mapper = mapperIn(directory.path, new Lamps());
  await mapper.start();
  await agent.until("online", () => agent.state(id) === "online");
  const lamp = mapper.devices.get(id)?.device;
  assert.ok(lamp);
  const refused: string[] = [];
  using connection = await connect(agent.manager);
  const manager = connection.client(v1beta1.deviceManager);
  const twins = [{ propertyName: "level", observedDesired: { value: "" }, reported: { value: "7" } }];
  const report = { deviceName: lamp.name, deviceNamespace: lamp.namespace, reportedDevice: { twins } };
  const flood = Array.from({ length: 300 }, () =>
    manager.reportDeviceStatus(report).catch(({ code, message }) => refused.push(`${code} ${message}`)),
  );
  await Promise.all(flood);
  assert.match(refused[0] ?? "", /^DEVICE_BUSY framework-mapper reports too often: more than 0.01 times a second/);
  const figures = agent.dmi.figures("framework-mapper");
  assert.ok((figures?.refusedReports ?? 0) > 0);
  assert.ok((figures?.reports ?? 0) >= 200);
});

for (const [what, change, said] of [
  ["without a protocol", { protocol: "" }, /the protocol of the mapper is missing/],
  ["without a name", { name: "" }, /the name of the mapper is missing/],
  ["with a relative socket", { socket: "virtual.sock" }, /its address "virtual\.sock" is no absolute path/],
] as const) {
  test(`a registration ${what} is refused`, async () => {
    using directory = temporaryDirectory();
    await using agent = await startOutside(directory.path);
    const options = { protocol: "virtual", driver: new Lamps(), socket: join(directory.path, "v.sock") };
    const mapper = new FrameworkMapper({ ...options, manager: agent.manager, ...change });
    await assert.rejects(mapper.start(), said);
  });
}
