import assert from "node:assert/strict";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Scope, silentLog } from "@edgetwin/mapper-sdk";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import { deviceProfile } from "../../src/bus/device-profile.ts";
import { keepDeviceProfile } from "../../src/bus/profile-file.ts";
import { fixture } from "../fixtures/fixture.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { type JsonSchema, schemaIssues } from "./json-schema.ts";
import { createTestCore, type TestCore } from "./test-node.ts";
import { type DeviceSketch, modelOf } from "./test-registry.ts";
import { trafficLight } from "./traffic-light.ts";

const schema = JSON.parse(fixture("device-profile.schema.json")) as JsonSchema;
const samples = JSON.parse(fixture("device-profile.samples.json")) as Record<string, Record<string, unknown[]>>;

const light: DeviceSketch = { id: "default/traffic-light-instance-01", model: trafficLight };

const profileOf = (core: TestCore) =>
  JSON.parse(
    JSON.stringify(
      deviceProfile(core.registry.devices().map((entry) => ({ entry, twin: core.engine.device(entry.id) }))),
    ),
  ) as Record<string, Record<string, unknown>[]>;

/** The member of a JSON value at a path, or undefined. */
function part(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<string | number, unknown> | undefined)?.[key], value);
}

test("the schema accepts the samples and refuses what old readers die of", () => {
  for (const sample of Object.values(samples)) assert.deepEqual(schemaIssues(sample, schema), []);
  const numericTimestamp = {
    deviceInstances: [
      {
        id: "a",
        name: "a",
        model: "m",
        twins: [{ propertyName: "p", reported: { value: "1", metadata: { timestamp: 5 } } }],
      },
    ],
  };
  assert.deepEqual(schemaIssues(numericTimestamp, schema), [
    "$.deviceInstances[0].twins[0].reported.metadata.timestamp: not string",
  ]);
});

test("the traffic light looks as in KubeEdge, with generation A's names besides", async () => {
  await using core = createTestCore(new ManualClock(1_576_146_376_369));
  await core.addDevice(light, { red: "OFF", yellow: "OFF", green: "OFF" });
  const origin = { door: "mqtt", actor: "zhangjie-test" } as const;
  const off = { raw: { text: "OFF" } };
  const reported = { red: off, yellow: off, green: off };
  await core.engine.submit(light.id, { kind: "change", at: core.clock.now(), origin, reported });
  const profile = profileOf(core);
  assert.deepEqual(schemaIssues(profile, schema), []);
  const expected = { ...samples["traffic-light-b"] } as Record<string, Record<string, unknown>[]>;
  expected.protocols = [{ protocolConfig: null, protocolCommonConfig: null, protocol_config: null }];
  expected.propertyVisitors = [];
  assert.deepEqual(profile, expected);
});

test("a Modbus device has protocol, visitors and pushed data where old readers look for them", async () => {
  await using core = createTestCore();
  const model = modelOf("room-sensor", [
    {
      name: "temperature",
      type: "FLOAT",
      accessMode: "ReadOnly",
      minimum: "-40",
      maximum: "85",
      unit: "degree celsius",
    },
  ]);
  const push = { mqtt: { address: "tcp://127.0.0.1:1883", topic: "$ke/events/device/room-sensor-7/data/update" } };
  await core.addDevice({
    id: "default/room-sensor-7",
    model,
    spec: {
      protocol: {
        protocolName: "modbus",
        configData: {
          slaveID: 1,
          serialPort: "/dev/ttyS0",
          baudRate: 9600,
          dataBits: 8,
          parity: "even",
          stopBits: 1,
          serialType: "RS485",
        },
      },
      properties: [
        {
          name: "temperature",
          visitors: {
            protocolName: "modbus",
            configData: { register: "HoldingRegister", offset: 2, limit: 1, scale: 0.1, isSwap: true },
          },
          reportCycle: 10_000,
          collectCycle: 2000,
          reportToCloud: true,
          pushMethod: push,
        },
      ],
    },
  });
  const profile = profileOf(core);
  assert.deepEqual(schemaIssues(profile, schema), []);
  const sample = samples["modbus-rtu-b"] as Record<string, Record<string, unknown>[]>;
  assert.deepEqual(profile.deviceModels, sample.deviceModels);
  const [protocol] = profile.protocols ?? [];
  const { protocol_config: old, ...generationB } = protocol ?? {};
  assert.deepEqual(generationB, sample.protocols?.[0]);
  assert.deepEqual(old, { slaveID: 1 });
  const [instance] = profile.deviceInstances ?? [];
  const [wanted] = sample.deviceInstances ?? [];
  assert.deepEqual(instance?.propertyVisitors, wanted?.propertyVisitors);
  assert.deepEqual(profile.propertyVisitors, wanted?.propertyVisitors);
  assert.equal(instance?.protocol, "modbus-room-sensor-7");
  assert.deepEqual(instance?.twins, wanted?.twins);
  assert.equal(part(instance, "data", "dataTopic"), part(wanted, "data", "dataTopic"));
});

test("every type is written in lower case with defaults of its kind, and twins of types the old edge refuses are text", async () => {
  await using core = createTestCore();
  const types = ["INT", "FLOAT", "DOUBLE", "STRING", "BOOLEAN", "BYTES"] as const;
  const model = modelOf(
    "all",
    types.map((type) => ({ name: type.toLowerCase(), type, accessMode: "ReadWrite" as const })),
  );
  await core.addDevice({ id: "default/all", model }, { int: "5", double: "1.5", bytes: "AQI=", boolean: "true" });
  const profile = profileOf(core);
  assert.deepEqual(schemaIssues(profile, schema), []);
  const properties = profile.deviceModels?.[0]?.properties as Record<string, unknown>[];
  assert.deepEqual(
    properties.map(({ dataType, defaultValue }) => [dataType, defaultValue]),
    [
      ["int", 0],
      ["float", 0],
      ["double", 0],
      ["string", ""],
      ["boolean", false],
      ["bytes", undefined],
    ],
  );
  const twins = profile.deviceInstances?.[0]?.twins as { propertyName: string; desired: unknown }[];
  assert.deepEqual(
    twins.map(({ propertyName, desired }) => [propertyName, desired]),
    [
      ["int", { value: "5", metadata: { type: "int" } }],
      ["double", { value: "1.5", metadata: { type: "string" } }],
      ["boolean", { value: "true", metadata: { type: "boolean" } }],
      ["bytes", { value: "AQI=", metadata: { type: "string" } }],
    ],
  );
});

test("two devices of one model share its entry, and every reference leads somewhere", async () => {
  await using core = createTestCore();
  for (const name of ["b", "a"]) await core.addDevice({ ...light, id: `default/${name}` }, { red: "OFF" });
  const profile = profileOf(core);
  assert.deepEqual(
    profile.deviceInstances?.map(({ name }) => name),
    ["a", "b"],
  );
  assert.equal(profile.deviceModels?.length, 1);
  const protocols = new Set<unknown>(profile.protocols?.map(({ name }) => name ?? ""));
  const models = new Set<unknown>(profile.deviceModels?.map(({ name }) => name));
  for (const { protocol = "", model } of profile.deviceInstances ?? []) {
    assert.ok(protocols.has(protocol) && models.has(model));
  }
});

/** A directory for one test and a core whose profile is kept in it. */
async function keep(clock = new ManualClock()) {
  const scope = new Scope();
  const directory = scope.use(temporaryDirectory()).path;
  const core = scope.use(createTestCore(clock));
  const path = join(directory, "kubeedge", "deviceProfile.json");
  const file = scope.use(keepDeviceProfile({ core: { ...core, log: silentLog }, path }));
  const read = async () => JSON.parse(await readFile(path, "utf8")) as Record<string, Record<string, unknown>[]>;
  return { core, file, path, clock, read, directory, [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose]() };
}

test("the file is there before any device, follows devices and models, and leaves nothing beside itself", async () => {
  await using kept = await keep();
  await kept.file.settled();
  assert.deepEqual(await kept.read(), { deviceInstances: [], deviceModels: [], protocols: [], propertyVisitors: [] });
  await kept.core.addDevice(light, { red: "OFF" });
  await kept.file.settled();
  assert.equal((await kept.read()).deviceInstances?.length, 1);
  const [property, ...others] = trafficLight.spec.properties ?? [];
  assert.ok(property);
  const changed = { ...trafficLight, spec: { properties: [{ ...property, description: "stop" }, ...others] } };
  kept.core.registry.put({ ...light, model: changed });
  await kept.file.settled();
  assert.equal(part(await kept.read(), "deviceModels", 0, "properties", 0, "description"), "stop");
  kept.core.removeDevice(light.id);
  await kept.file.settled();
  assert.deepEqual((await kept.read()).deviceInstances, []);
  assert.deepEqual(await readdir(join(kept.directory, "kubeedge")), ["deviceProfile.json"]);
});

test("an unchanged content is not written again, also not after a restart", async () => {
  await using kept = await keep();
  await kept.core.addDevice(light, { red: "OFF" });
  await kept.file.settled();
  const { ino, mtimeMs } = await stat(kept.path);
  kept.core.registry.put(light);
  await kept.file.settled();
  await using again = keepDeviceProfile({ core: kept.core, path: kept.path });
  await again.settled();
  const after = await stat(kept.path);
  assert.deepEqual([after.ino, after.mtimeMs], [ino, mtimeMs]);
});

test("a desired value follows within a minute where a mapper on the bus reads the file, and never where our own does", async () => {
  await using kept = await keep();
  await kept.core.addDevice(light, { red: "OFF" });
  await kept.file.settled();
  const red = async () => part(await kept.read(), "deviceInstances", 0, "twins", 0, "desired", "value");
  await kept.core.desire(light.id, { red: "ON" });
  await kept.clock.advance(59_000);
  await kept.file.settled();
  assert.equal(await red(), "OFF");
  await kept.clock.advance(1000);
  await kept.file.settled();
  assert.equal(await red(), "ON");

  await kept.core.addDevice({ ...light, mapper: "gpio" });
  await kept.file.settled();
  const before = kept.clock.timers;
  await kept.core.desire(light.id, { red: "OFF" });
  assert.equal(kept.clock.timers, before);
});

test("a directory that cannot be written is a warning, and the next change tries again", async () => {
  await using kept = await keep();
  await kept.file.settled();
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (event: string) => void warnings.push(event) };
  await using file = keepDeviceProfile({
    core: { ...kept.core, log },
    path: join(kept.path, "not-a-directory", "x.json"),
  });
  await file.settled();
  assert.deepEqual(warnings, ["device profile not written"]);
});
