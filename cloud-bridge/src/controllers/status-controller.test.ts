import assert from "node:assert/strict";
import { test } from "node:test";
import type { TwinReport } from "@edgetwin/cloud-protocol";
import { silentLog } from "@edgetwin/mapper-sdk";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import { BridgeError } from "../errors.ts";
import { DeviceContent } from "./device-content.ts";
import { deviceIndexes } from "./device-facts.ts";
import { StatusController } from "./status-controller.ts";
import { cachedObjects } from "./testing/cached-objects.ts";
import { deviceObject, modelObject } from "./testing/device-objects.ts";
import { type Asked, MemoryApi } from "./testing/memory-api.ts";

type Twins = readonly { readonly propertyName: string; readonly reported?: { readonly value: string } }[];
type Conditions = readonly { readonly type: string; readonly status: string; readonly reason: string }[];

async function setUp() {
  const clock = new ManualClock();
  const api = new MemoryApi();
  const devices = cachedObjects(deviceIndexes);
  const models = cachedObjects({});
  const nodes = cachedObjects({});
  const content = new DeviceContent({ devices, models });
  const connected = new Set(["n1"]);
  const options = {
    ...{ client: api, devices, models, nodes, content, clock, log: silentLog, random: () => 0 },
    isReachable: (node: string) => connected.has(node),
    isConnected: (node: string) => connected.has(node),
    isMine: () => true,
    everyMs: 5000,
    concurrency: 4,
  };
  const controller = new StatusController(options);
  models.put(modelObject("lamp"));
  await controller.start();
  const put = (version: number, power?: string) =>
    devices.put(deviceObject("a", { node: "n1", model: "lamp", version, ...(power !== undefined && { power }) }));
  const acknowledge = (version: number) => {
    controller.acknowledged("n1", "home/devicemodel/lamp", "1");
    controller.acknowledged("n1", "home/device/a", String(version));
  };
  /** Writings of values. */
  const values = () =>
    api
      .taken()
      .filter(({ kind }) => kind === "devicestatuses")
      .map(valueIn);
  return {
    ...{ clock, api, devices, models, nodes, connected, content, controller, put, acknowledge, values, options },
  };
}

const valueIn = ({ body }: Asked) => {
  const { twins } = body.status as { readonly twins: Twins };
  return twins.find(({ propertyName }) => propertyName === "power")?.reported?.value;
};
const conditionIn = (type: string, asked: readonly Asked[]) => {
  const { status } = asked.filter(({ subresource }) => subresource === "status").at(-1)?.body ?? {};
  const found = (status as { readonly conditions: Conditions } | undefined)?.conditions.find(
    (one) => one.type === type,
  );
  return found && `${found.status} ${found.reason}`;
};
const report = (actual: string, expected?: string): TwinReport => ({
  ...{ namespace: "home", name: "a", eventId: "", timestamp: 1 },
  twin: new Map([
    [
      "power",
      { actual: { value: actual, timestamp: 1 }, ...(expected && { expected: { value: expected } }), type: "boolean" },
    ],
  ]),
});

test("a report resolves when it is written; of many within the time only the newest value is", async () => {
  const { clock, controller, put, values } = await setUp();
  put(1);
  await clock.advance(10_000);
  values();
  const done: string[] = [];
  for (const value of ["true", "false", "true", "false"])
    void controller.report(report(value)).then(() => done.push(value));
  await clock.advance(0);
  assert.deepEqual(done, []);
  await clock.advance(250);
  assert.deepEqual([done, values()], [["true", "false", "true", "false"], ["false"]]);
  void controller.report(report("true"));
  await clock.advance(4_900);
  assert.deepEqual(values(), []);
  await clock.advance(200);
  assert.deepEqual(values(), ["true"]);
});

test("a desired value that was applied is written at once, whatever was written before", async () => {
  const { clock, api, controller, put, acknowledge } = await setUp();
  put(1, "false");
  acknowledge(1);
  void controller.report(report("false", "false"));
  await clock.advance(300);
  assert.equal(conditionIn("Applied", api.taken()), "True Applied");
  put(2, "true");
  acknowledge(2);
  await clock.advance(100);
  assert.deepEqual(api.taken(), []);
  void controller.report(report("true", "true"));
  await clock.advance(0);
  assert.equal(conditionIn("Applied", api.taken()), "True Applied");
});

test("a report that the API does not take is not confirmed, and written when the API is back", async () => {
  const { clock, api, controller, put, values } = await setUp();
  put(1);
  await clock.advance(10_000);
  values();
  api.refuse = () => {
    throw new BridgeError("UNREACHABLE", "no API");
  };
  let isDone = false;
  void controller.report(report("true")).then(() => {
    isDone = true;
  });
  await clock.advance(2_000);
  assert.deepEqual([isDone, values()], [false, []]);
  api.refuse = () => {};
  await clock.advance(60_000);
  assert.deepEqual([isDone, values()], [true, ["true"]]);
});

test("what was written is not written again: not when the own writing comes back, and not after a restart", async () => {
  const { clock, api, controller, devices, put, acknowledge, options } = await setUp();
  put(1);
  acknowledge(1);
  void controller.report(report("true"));
  await clock.advance(1_000);
  const [status] = api.taken().filter(({ kind }) => kind === "devicestatuses");
  assert.ok(status);
  const own = api.objects.get("devices home/a");
  const device = deviceObject("a", { node: "n1", model: "lamp", version: 1 });
  devices.put({ ...device, metadata: { ...device.metadata, resourceVersion: "200" }, status: own?.status });
  await clock.advance(60_000);
  assert.deepEqual(api.taken(), []);
  await controller[Symbol.asyncDispose]();

  const restarted = new StatusController(options);
  await restarted.start();
  restarted.acknowledged("n1", "home/devicemodel/lamp", "1");
  restarted.acknowledged("n1", "home/device/a", "1");
  let isDone = false;
  void restarted.report(report("true")).then(() => {
    isDone = true;
  });
  await clock.advance(60_000);
  assert.deepEqual([isDone, api.taken()], [true, []]);
});

test("devices of a node that is gone become Unknown, and what was reported stays", async () => {
  const { clock, api, connected, controller, put, acknowledge } = await setUp();
  put(1);
  acknowledge(1);
  void controller.report(report("true"));
  await clock.advance(6_000);
  api.taken();
  connected.delete("n1");
  controller.nodeChanged("n1");
  await clock.advance(10_000);
  const asked = api.taken();
  assert.equal(conditionIn("Online", asked), "Unknown NodeGone");
  assert.equal(valueIn(asked.find(({ kind }) => kind === "devicestatuses") as Asked), "true");
});

test("a failure becomes one event, however often it is looked at", async () => {
  const { clock, api, models, put } = await setUp();
  models.remove("home/lamp");
  put(1);
  await clock.advance(10_000);
  put(2);
  await clock.advance(10_000);
  const events = api.taken().filter(({ kind }) => kind === "events");
  assert.deepEqual(
    events.map(({ body }) => [body.type, body.reason]),
    [["Warning", "ModelMissing"]],
  );
});

test("with KubeEdge's definition, in which a Device has no status, conditions are in the DeviceStatus alone", async () => {
  const { clock, api, put } = await setUp();
  api.objects.set("devices home/a", deviceObject("a", {}));
  api.refuse = ({ subresource }) => {
    if (subresource) throw new BridgeError("KUBERNETES", "not found", { status: 404, reason: "NotFound" });
  };
  put(1);
  await clock.advance(10_000);
  const kinds = new Set(api.taken().map(({ kind }) => kind));
  assert.deepEqual([...kinds], ["devicestatuses"]);
});

test("a report about a device that went meanwhile is confirmed: there is nothing to keep", async () => {
  const { controller, devices, put } = await setUp();
  put(1);
  const waiting = controller.report(report("true"));
  devices.remove("home/a");
  await waiting;
  await controller.report(report("true"));
});
