import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DeviceContent } from "./device-content.ts";
import { deviceIndexes } from "./device-facts.ts";
import { cachedObjects } from "./testing/cached-objects.ts";
import { deviceObject, modelObject } from "./testing/device-objects.ts";

function setUp() {
  const devices = cachedObjects(deviceIndexes);
  const models = cachedObjects({});
  const content = new DeviceContent({ devices, models });
  const told: string[] = [];
  content.subscribe((node, key) => void told.push(`${node} ${key}`));
  return { devices, models, content, told };
}

test("a node holds the models of its devices, before them, and nothing of other nodes", () => {
  const { devices, models, content, told } = setUp();
  models.put(modelObject("lamp"));
  models.put(modelObject("unused"));
  devices.put(deviceObject("b", { node: "n1", model: "lamp" }));
  devices.put(deviceObject("a", { node: "n1", model: "lamp", version: 7 }));
  devices.put(deviceObject("c", { node: "n2" }));
  devices.put(deviceObject("d", { model: "lamp" }));
  const held = content.objectsOf("n1");
  assert.deepEqual([...held.keys()], ["home/devicemodel/lamp", "home/device/a", "home/device/b"]);
  assert.equal(held.size, 3);
  assert.equal(held.get("home/device/a")?.resourceVersion, "7");
  assert.deepEqual(held.get("home/device/a")?.path, { namespace: "home", type: "device", name: "a" });
  assert.equal(held.has("home/device/c"), false);
  assert.equal(held.has("home/devicemodel/unused"), false);
  assert.equal(held.has("null/node/n1"), false);
  assert.deepEqual(
    [...content.objectsOf("n2")].map(([key]) => key),
    ["home/device/c"],
  );
  assert.ok(told.indexOf("n1 home/devicemodel/lamp") < told.indexOf("n1 home/device/b"));
});

test("a device that moves leaves its old node before its model does, and comes after it to the new one", () => {
  const { devices, models, content, told } = setUp();
  models.put(modelObject("lamp"));
  devices.put(deviceObject("a", { node: "n1", model: "lamp" }));
  told.length = 0;
  devices.put(deviceObject("a", { node: "n2", model: "lamp", version: 2 }));
  assert.deepEqual(told, [
    "n1 home/device/a",
    "n1 home/devicemodel/lamp",
    "n2 home/devicemodel/lamp",
    "n2 home/device/a",
  ]);
  assert.equal(content.objectsOf("n1").size, 0);
});

test("a device stays on its node while its model is deleted and created anew", () => {
  const { devices, models, content, told } = setUp();
  models.put(modelObject("lamp"));
  devices.put(deviceObject("a", { node: "n1", model: "lamp" }));
  models.remove("home/lamp");
  assert.deepEqual([...content.objectsOf("n1").keys()], ["home/device/a"]);
  models.put(modelObject("lamp", 2));
  assert.equal(told.at(-1), "n1 home/devicemodel/lamp");
  assert.equal(content.objectsOf("n1").get("home/devicemodel/lamp")?.resourceVersion, "2");
});

test("a device of an older version goes to the edge in v1beta1", () => {
  const { devices, content } = setUp();
  const nodeSelectorTerms = [{ matchExpressions: [{ key: "", operator: "In", values: ["n1"] }] }];
  const { metadata } = deviceObject("a", {});
  const spec = { deviceModelRef: { name: "lamp" }, nodeSelector: { nodeSelectorTerms } };
  devices.put({ apiVersion: "devices.kubeedge.io/v1alpha2", kind: "Device", metadata, spec });
  const object = content.objectsOf("n1").get("home/device/a")?.object;
  assert.equal(object?.apiVersion, "devices.kubeedge.io/v1beta1");
  assert.equal((object?.spec as { readonly nodeName: string } | undefined)?.nodeName, "n1");
});

test("after it let go, a content tells nothing", () => {
  const { devices, content, told } = setUp();
  content[Symbol.dispose]();
  devices.put(deviceObject("a", { node: "n1" }));
  assert.deepEqual(told, []);
});

const name = fc.constantFrom("a", "b", "c");
const nodes = ["n1", "n2"];
const model = fc.constantFrom("x", "y");
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined });
const step = fc.oneof(
  fc.record({ put: name, node: maybe(fc.constantFrom(...nodes)), model: maybe(model) }),
  fc.record({ remove: name }),
  fc.record({ putModel: model }),
  fc.record({ removeModel: model }),
);

test("who reads only the keys that it was told of holds, after any changes, what every node should hold", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { devices, models, content } = setUp();
      const copies = new Map(nodes.map((node) => [node, new Map<string, string>()]));
      content.subscribe((node, key) => {
        const wanted = content.objectsOf(node).get(key);
        if (wanted) copies.get(node)?.set(key, wanted.resourceVersion);
        else copies.get(node)?.delete(key);
      });
      for (const [index, one] of steps.entries()) {
        const version = index + 1;
        if ("put" in one) devices.put(deviceObject(one.put, { node: one.node, model: one.model, version }));
        else if ("remove" in one) devices.remove(`home/${one.remove}`);
        else if ("putModel" in one) models.put(modelObject(one.putModel, version));
        else models.remove(`home/${one.removeModel}`);
      }
      for (const node of nodes) {
        const listed = [...content.objectsOf(node)].map(
          ([key, { resourceVersion }]) => [key, resourceVersion] as const,
        );
        assert.deepEqual(new Map([...(copies.get(node) ?? [])].sort()), new Map([...listed].sort()));
        const types = listed.map(([key]) => key.split("/")[1]);
        assert.deepEqual(types, types.toSorted().reverse());
      }
    }),
  );
});

test("a device whose status alone was written is the same to its edge, in its content and its version", () => {
  const { devices, content, told } = setUp();
  const device = deviceObject("a", { node: "n1", version: 3 });
  devices.put(device);
  told.length = 0;
  const written = (resourceVersion: string) => ({
    ...device,
    metadata: { ...device.metadata, resourceVersion },
    status: { state: "online", conditions: [], reportToCloud: true },
  });
  devices.put(written("4"));
  devices.put(written("5"));
  assert.deepEqual(told, []);
  const wanted = content.objectsOf("n1").get("home/device/a");
  assert.deepEqual([wanted?.resourceVersion, wanted?.object.status], ["3", { reportToCloud: true }]);
  assert.equal([...content.objectsOf("n1").values()][0]?.resourceVersion, "3");
  devices.put(deviceObject("a", { node: "n1", version: 6 }));
  assert.deepEqual([told, content.objectsOf("n1").get("home/device/a")?.resourceVersion], [["n1 home/device/a"], "6"]);
});
