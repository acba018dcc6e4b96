import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { configFromAny, connect, implement, listen, v1alpha1, v1beta1 } from "@edgetwin/mapper-sdk/dmi";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { type Outside, startOutside } from "./support/outside.ts";

/** One call that a mapper, or a client made by hand, made to a real EdgeCore, and what EdgeCore answered. */
interface Recorded {
  readonly from: "mapper" | "client";
  readonly method: "MapperRegister" | "ReportDeviceStatus" | "ReportDeviceStates";
  readonly request: Readonly<Record<string, unknown>>;
  readonly response?: { readonly modelList: readonly unknown[]; readonly deviceList: readonly RecordedDevice[] };
  readonly error?: { readonly details: string };
}

interface RecordedDevice {
  readonly name: string;
  readonly spec: {
    readonly protocol: {
      readonly configData: { readonly data: Readonly<Record<string, { readonly value: unknown }>> };
    };
    readonly properties: readonly Readonly<Record<string, unknown>>[];
  };
}

const file = new URL("../../../test/fixtures/dmi-manager-edgecore.jsonl", import.meta.url);
const recorded = readFileSync(file, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Recorded);

const manifests = `
apiVersion: devices.kubeedge.io/v1beta1
kind: DeviceModel
metadata: { name: lamp, namespace: rec-edge }
spec:
  protocol: virtual
  properties:
    - { name: power, description: lamp on or off, type: STRING, accessMode: ReadWrite }
    - { name: level, type: INT, accessMode: ReadWrite, minimum: "0", maximum: "100", unit: "%" }
---
apiVersion: devices.kubeedge.io/v1beta1
kind: Device
metadata: { name: lamp-1, namespace: rec-edge }
spec:
  deviceModelRef: { name: lamp }
  protocol: { protocolName: virtual, configData: { speed: 9600, factor: 0.1, bus: b0, fast: true } }
  properties:
    - name: power
      desired: { value: "OFF", metadata: { type: string } }
      visitors: { protocolName: virtual, configData: { pin: "5", dataType: string } }
      collectCycle: 5000
      reportCycle: 5000
      reportToCloud: true
    - name: level
      desired: { value: "10" }
      visitors: { protocolName: virtual, configData: { pin: "6", dataType: int } }
      collectCycle: 5000
      reportCycle: 5000
      reportToCloud: true
`;
const id = "rec-edge/lamp-1";

/** Protobuf's JSON as our codec takes it: `metadata` as a map, `address` as bytes. */
function draft(json: unknown, address: string): unknown {
  if (Array.isArray(json)) return json.map((part) => draft(part, address));
  if (typeof json !== "object" || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => {
      if (name === "metadata") return [name, new Map(Object.entries(value as object))];
      return [name, name === "address" ? Buffer.from(address) : draft(value, address)];
    }),
  );
}

/** What our agent answers where EdgeCore answered nothing, or died. */
const better: readonly (readonly [RegExp, RegExp])[] = [
  [/"deviceName":"no-such"/, /there is no device rec-edge\/no-such on this node/],
  [/"propertyName":"no-such"/, /rec-edge\/lamp-1 has no property no-such/],
  [/"state":"Sleeping"/, /"Sleeping" is no state of a device; use ok, online/],
  [/^\{"withData":true\}$/, /the registration was refused: it names no mapper/],
];

test("calls recorded with a real EdgeCore get its answers, and clear ones where it had none", async () => {
  using directory = temporaryDirectory();
  await using agent = await startOutside(directory.path);
  await agent.apply(manifests);
  const address = join(directory.path, "virtual-mapper.sock");
  using connection = await connect(agent.manager);
  const manager = connection.client(v1beta1.deviceManager);
  const call = async ({ method, request }: Recorded) => {
    const given = draft(request, address) as never;
    if (method === "MapperRegister") return await manager.mapperRegister(given);
    return method === "ReportDeviceStatus" ? manager.reportDeviceStatus(given) : manager.reportDeviceStates(given);
  };

  const [registration, ...rest] = recorded;
  assert.ok(registration?.response);
  const { modelList, deviceList } = (await call(registration)) as Awaited<ReturnType<typeof manager.mapperRegister>>;
  assert.deepEqual(
    modelList.map(({ name, namespace, spec }) => [
      name,
      namespace,
      spec?.properties.map((property) => ({ ...property })),
    ]),
    (registration.response.modelList as { name: string; namespace: string; spec: { properties: object[] } }[]).map(
      ({ name, namespace, spec }) => [
        name,
        namespace,
        spec.properties.map((property) => ({ description: "", minimum: "", maximum: "", unit: "", ...property })),
      ],
    ),
  );
  const [theirs] = registration.response.deviceList;
  const [ours] = deviceList;
  const settings = Object.entries(theirs?.spec.protocol.configData.data ?? {}).map(([name, { value }]) => [
    name,
    value,
  ]);
  assert.deepEqual(configFromAny(ours?.spec?.protocol?.configData?.data).settings, Object.fromEntries(settings));
  assert.deepEqual(
    ours?.spec?.properties.map(({ name, desired, collectCycle, reportToCloud }) => [
      name,
      desired?.value,
      String(collectCycle),
      reportToCloud,
    ]),
    theirs?.spec.properties.map(({ name, desired, collectCycle, reportToCloud }) => [
      name,
      (desired as { value: string }).value,
      collectCycle,
      reportToCloud,
    ]),
  );

  await using _mapper = await listen(address, [
    implement(v1beta1.deviceMapper, { updateDevice: () => ({}), registerDevice: () => ({}) }),
  ]);
  await agent.until("online", () => agent.engine.device(id)?.health.state === "online");
  for (const one of rest) {
    const text = JSON.stringify(one.request);
    const answer = await call(one).then(
      () => "ok",
      (error: Error) => error.message,
    );
    const expected = better.find(([request]) => request.test(text))?.[1] ?? (one.error ? /./ : /^ok$/);
    assert.match(answer, expected, text);
    assert.equal(answer === "ok" && one.error !== undefined, false, text);
  }
  await agent.until("level", () => agent.twin(id, "level")?.reported?.value === 65n);
  assert.equal(agent.engine.device(id)?.health.state, "ok");
});

/** A mapper of KubeEdge 1.12 that takes what comes. */
async function oldMapper(agent: Outside, address: string) {
  const calls: [string, v1alpha1.WireDeviceV1alpha1 | undefined][] = [];
  const models: v1alpha1.WireModelV1alpha1[] = [];
  let tell = (_: v1alpha1.WireDeviceV1alpha1 | undefined) => {};
  const updated = new Promise<v1alpha1.WireDeviceV1alpha1 | undefined>((resolve) => {
    tell = resolve;
  });
  const connection = await connect(agent.manager);
  const manager = connection.client(v1alpha1.deviceManager);
  const mapper = { name: "old", version: "v1", apiVersion: "v1", protocol: "virtual", address: Buffer.from(address) };
  const answer = await manager.mapperRegister({ withData: true, mapper });
  const listening = await listen(address, [
    implement(v1alpha1.deviceMapper, {
      createDeviceModel: ({ model }) => {
        if (model) models.push(model);
        return {};
      },
      registerDevice: ({ device }) => {
        calls.push(["register", device]);
        return {};
      },
      updateDevice: ({ device }) => {
        tell(device);
        return {};
      },
    }),
  ]);
  const dispose = async () => {
    connection[Symbol.dispose]();
    await listening[Symbol.asyncDispose]();
  };
  return { manager, answer, calls, models, updated, [Symbol.asyncDispose]: dispose };
}

test("a mapper of KubeEdge 1.12 is spoken to in v1alpha1, with the settings that EdgeCore lost", async () => {
  using directory = temporaryDirectory();
  await using agent = await startOutside(directory.path);
  await using old = await oldMapper(agent, join(directory.path, "old.sock"));
  assert.deepEqual(old.answer.deviceList, []);
  await agent.apply(manifests.replaceAll("5000", "100"));
  await agent.until("online", () => agent.state(id) === "online");
  assert.equal(old.models[0]?.spec?.properties[1]?.type?.int?.maximum, 100n);
  const [what, device] = old.calls[0] ?? [];
  assert.equal(what, "register");
  const { protocol, propertyVisitors } = device?.spec ?? {};
  assert.equal(protocol?.customizedProtocol?.protocolName, "virtual");
  const { settings } = configFromAny(protocol?.customizedProtocol?.configData?.data);
  assert.deepEqual(settings, { speed: 9600, factor: 0.1, bus: "b0", fast: true });
  assert.deepEqual(
    propertyVisitors?.map(({ propertyName, collectCycle }) => [propertyName, collectCycle]),
    [
      ["power", 100_000_000],
      ["level", 100_000_000],
    ],
  );
  const reported = { value: "ON", metadata: new Map([["type", "string"]]) };
  const twins = [{ propertyName: "power", desired: { value: "ON" }, reported }];
  await old.manager.reportDeviceStatus({ deviceName: "lamp-1", reportedDevice: { twins, state: "online" } });
  await agent.until("ON", () => agent.twin(id, "power")?.reported?.value === "ON");
  await agent.desire(id, { level: "30" });
  const update = await old.updated;
  const level = update?.status?.twins.find(({ propertyName }) => propertyName === "level");
  assert.equal(level?.desired?.value, "30");
});

test("v1alpha1 can be switched off", async () => {
  using directory = temporaryDirectory();
  await using agent = await startOutside(directory.path, { v1alpha1: false });
  await assert.rejects(oldMapper(agent, join(directory.path, "old.sock")), /does not know this call/);
});
