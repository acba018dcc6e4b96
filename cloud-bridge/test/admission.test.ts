import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "@edgetwin/mapper-sdk";
import { defaultProtocolPackages, loadProtocols } from "../src/admission/load-protocols.ts";
import { reviewer } from "../src/admission/reviewer.ts";
import { type Fields, fieldsAt } from "../src/api-server/api-object.ts";
import { startTestServer } from "../src/api-server/testing/test-server.ts";

const protocols = await loadProtocols(defaultProtocolPackages, silentLog);
const group = "/apis/devices.kubeedge.io/v1beta1/namespaces/default";

const lampModel = {
  apiVersion: "devices.kubeedge.io/v1beta1",
  kind: "DeviceModel",
  metadata: { name: "lamp", annotations: { "edgetwin.io/enums": '{"colour":["RED","GREEN"]}' } },
  spec: {
    protocol: "gpio",
    properties: [
      { name: "power", type: "BOOLEAN", accessMode: "ReadWrite" },
      { name: "level", type: "INT", accessMode: "ReadWrite", minimum: "0", maximum: "100" },
      { name: "colour", type: "STRING", accessMode: "ReadWrite" },
      { name: "hours", type: "INT", accessMode: "ReadOnly" },
    ],
  },
};

type Property = Readonly<Record<string, unknown>>;
const lamp = (name: string, properties: readonly Property[], spec: Fields = {}): Fields => ({
  apiVersion: "devices.kubeedge.io/v1beta1",
  kind: "Device",
  metadata: { name },
  spec: {
    deviceModelRef: { name: "lamp" },
    nodeName: "pi-1",
    protocol: { protocolName: "gpio", configData: {} },
    properties,
    ...spec,
  },
});
const at = (pin: unknown) => ({ visitors: { protocolName: "gpio", configData: { pin } } });

async function startReviewed() {
  const api = await startTestServer({ reviewer: reviewer(protocols) });
  await api.send("POST", "/api/v1/nodes", { body: { apiVersion: "v1", kind: "Node", metadata: { name: "pi-1" } } });
  await api.send("POST", `${group}/devicemodels`, { body: lampModel });
  const create = async (device: Fields) => told(await api.send("POST", `${group}/devices`, { body: device }));
  const patch = async (path: string, body: unknown) =>
    told(await api.send("PATCH", `${group}/${path}`, { body, type: "application/merge-patch+json" }));
  return { api, create, patch, [Symbol.asyncDispose]: () => api[Symbol.asyncDispose]() };
}

/** `ok`, or what is wrong, and every warning. */
function told({ status, body, headers }: { status: number; body: Fields; headers: Headers }): string[] {
  const causes = (fieldsAt(body, "details").causes ?? []) as { field: string; message: string }[];
  const warnings = [...(headers.get("warning") ?? "").matchAll(/299 - "((?:[^"\\]|\\.)*)"/g)].map(
    ([, text]) => `warning: ${text?.replaceAll('\\"', '"')}`,
  );
  const result =
    causes.length > 0
      ? causes.map(({ field, message }) => `${field}: ${message}`)
      : [status < 300 ? "ok" : String(body.message)];
  return [...result, ...warnings];
}

test("a device that fits its model, its mapper and its node is taken without a word", async () => {
  await using on = await startReviewed();
  assert.deepEqual(await on.create(lamp("l1", [{ name: "power", desired: { value: "true" }, ...at(17) }])), ["ok"]);
});

test("a model that is not there is named with the one that was probably meant", async () => {
  await using on = await startReviewed();
  const device = (ref: unknown) => lamp("l1", [], { deviceModelRef: ref });
  assert.deepEqual(await on.create(device({ name: "lmap" })), [
    'spec.deviceModelRef.name: Not found: "lmap": there is no DeviceModel "lmap" in namespace "default"; did you mean "lamp"?',
  ]);
  for (const ref of [undefined, {}, { name: "" }]) {
    const [none, ...more] = await on.create(device(ref));
    assert.match(none ?? "", /^spec\.deviceModelRef\.name: Required value: write the name of a DeviceModel/);
    assert.deepEqual(more, []);
  }
});

test("everything that is wrong is told at once: names, ranges, words, read-only, settings of the mapper", async () => {
  await using on = await startReviewed();
  const answer = await on.create(
    lamp("l1", [
      { name: "powr", ...at(17) },
      { name: "level", desired: { value: "101" }, ...at(18) },
      { name: "colour", desired: { value: "PURPLE" }, visitors: { configData: { pin: 22, directon: "out" } } },
      { name: "hours", desired: { value: "1" } },
    ]),
  );
  const expected = [
    /^spec\.properties\[0\]\.name: Invalid value: "powr": model "lamp" has no property "powr"; did you mean "power"\?$/,
    /^spec\.properties\[1\]\.desired\.value: Invalid value: "101": expected a whole number from 0 to 100/,
    /^spec\.properties\[2\]\.desired\.value: Invalid value: "PURPLE": expected "RED" or "GREEN"/,
    /^spec\.properties\[3\]\.desired\.value: Invalid value: "1": "hours" is read-only; remove "desired"/,
    /^spec\.properties\[2\]\.visitors\.configData\.directon: Invalid value: "out": is not a setting here; did you mean "direction"\?$/,
  ];
  assert.equal(answer.filter((line) => !line.startsWith("warning")).length, expected.length, answer.join("\n"));
  for (const [index, pattern] of expected.entries()) assert.match(answer[index] ?? "", pattern);
});

test("a device of a protocol that is not known here passes, and so does a setting that is a reference", async () => {
  await using on = await startReviewed();
  const custom = { protocol: { protocolName: "steam", configData: { boiler: { deep: [1] } } } };
  assert.equal((await on.create(lamp("l1", [{ name: "power", ...at("valve") }], custom)))[0], "ok");
  assert.deepEqual(
    await on.create(lamp("l2", [{ name: "power", ...at({ configMapRef: { name: "pins", key: "power" } }) }])),
    ["ok"],
  );
  const [broken] = await on.create(lamp("l3", [{ name: "power", ...at({ secretRef: { name: "pins" } }) }]));
  assert.match(broken ?? "", /configData\.pin: Forbidden: secretRef\.key: is missing; expected the key as text/);
});

test("a setting that is missing is a warning: a mapper made for the model may bring it", async () => {
  await using on = await startReviewed();
  const [result, ...warnings] = await on.create(
    lamp("l1", [{ name: "power", visitors: { configData: { activeLow: true } } }]),
  );
  assert.equal(result, "ok");
  assert.match(warnings.join(), /spec\.properties\[0\]\.visitors\.configData\.pin: is missing; expected a pin/);
});

test("a line has one owner on its node, in whatever words it is named", async () => {
  await using on = await startReviewed();
  await on.create(lamp("l1", [{ name: "power", ...at(17) }]));
  assert.deepEqual(await on.create(lamp("l2", [{ name: "power", ...at("gpio_17") }])), [
    'spec.properties[0].visitors.configData: Invalid value: "GPIO17": belongs to power of device default/l1 on node pi-1; choose another, or remove it there',
  ]);
  const [twice] = await on.create(
    lamp("l3", [
      { name: "power", ...at(5) },
      { name: "level", ...at("5") },
    ]),
  );
  assert.equal(
    twice,
    'spec.properties[1].visitors.configData: Invalid value: "GPIO5": already belongs to power; choose another',
  );
  // On another node it is another line, until the device moves.
  const other = { nodeName: "pi-2" };
  const [there, warning] = await on.create(lamp("l4", [{ name: "power", ...at(17) }], other));
  assert.equal(there, "ok");
  assert.equal(
    warning,
    'warning: spec.nodeName: there is no node "pi-2" yet; did you mean "pi-1"?; the device is delivered when it joins',
  );
  const [moved] = await on.patch("devices/l4", { spec: { nodeName: "pi-1" } });
  assert.match(moved ?? "", /"GPIO17": belongs to power of device default\/l1 on node pi-1/);
  // The first one keeps what it has when it is written again.
  assert.deepEqual(
    await on.patch("devices/l1", { spec: { properties: [{ name: "power", desired: { value: "true" }, ...at(17) }] } }),
    ["ok"],
  );
});

test("devices share an address or a line only in the same use", async () => {
  await using on = await startReviewed();
  const chip = (name: string, configData: Fields) =>
    lamp(name, [{ name: "level", visitors: { configData: { register: 1, type: "u8" } } }], {
      protocol: { protocolName: "i2c", configData },
    });
  assert.equal((await on.create(chip("c1", { address: 0x20 })))[0], "ok");
  assert.equal((await on.create(chip("c2", { address: "0x20" })))[0], "ok");
  const [other] = await on.create(chip("c3", { chip: "mcp23017", address: "0x20", bus: "/dev/i2c-1" }));
  assert.match(
    other ?? "",
    /^spec\.protocol\.configData: Invalid value: "i2c-1 0x20": device default\/c1 on node pi-1 uses it as registers, here it is mcp23017/,
  );
  const unit = (name: string, configData: Fields) =>
    lamp(name, [{ name: "level", visitors: { configData: { table: "holding", address: 1, type: "u16" } } }], {
      protocol: { protocolName: "modbus", configData },
    });
  assert.equal((await on.create(unit("m1", { path: "/dev/ttyUSB0", unit: 1 })))[0], "ok");
  assert.equal((await on.create(unit("m2", { path: "/dev/ttyUSB0", unit: 2 })))[0], "ok");
  const [speed] = await on.create(unit("m3", { path: "/dev/ttyUSB0", unit: 3, baudRate: 19200 }));
  assert.match(speed ?? "", /uses it as 9600 baud, .* here it is 19200 baud, .*; make both the same/);
});

test("what was wrong before is no reason to refuse a change; what comes to it is", async () => {
  await using on = await startReviewed();
  await on.create(lamp("l1", [{ name: "level", desired: { value: "80" }, ...at(18) }]));
  // The range becomes narrower than what is desired: told to whoever narrows it.
  const properties = lampModel.spec.properties.map((property) =>
    property.name === "level" ? { ...property, maximum: "50" } : property,
  );
  const [narrowed, warning] = await on.patch("devicemodels/lamp", { spec: { properties } });
  assert.equal(narrowed, "ok");
  assert.match(warning ?? "", /devices that do not fit it any more: l1 \(.*expected a whole number from 0 to 50/);
  assert.deepEqual(await on.patch("devices/l1", { metadata: { labels: { room: "hall" } } }), ["ok"]);
  assert.deepEqual(await on.patch("devices/l1", { status: { reportToCloud: true } }), ["ok"]);
  const [moved, ...kept] = await on.patch("devices/l1", { spec: { stateReport: { reportToCloud: true } } });
  assert.equal(moved, "ok");
  assert.match(kept.join(), /spec\.properties\[0\]\.desired\.value: .*80/);
  // The same old wrong at another place of the list, and one that is new.
  const [fresh, ...more] = await on.patch("devices/l1", {
    spec: {
      properties: [
        { name: "hours", desired: { value: "1" } },
        { name: "level", desired: { value: "80" }, ...at(18) },
      ],
    },
  });
  assert.match(fresh ?? "", /^spec\.properties\[0\]\.desired\.value: .*"hours" is read-only/);
  assert.deepEqual(
    more.filter((line) => !line.startsWith("warning")),
    [],
  );
  await on.api.send("DELETE", `${group}/devicemodels/lamp`);
  assert.equal((await on.patch("devices/l1", { spec: { stateReport: { reportCycle: 5000 } } }))[0], "ok");
  assert.equal((await on.patch("devices/l1", { spec: { nodeName: "pi-9" } }))[0], "ok");
});

test("a model that is deleted while it is in use goes, with a warning", async () => {
  await using on = await startReviewed();
  for (const name of ["a", "b", "c", "d", "e"]) await on.create(lamp(name, []));
  assert.deepEqual(told(await on.api.send("DELETE", `${group}/devicemodels/lamp`)), [
    "ok",
    'warning: a, b, c and 2 more still use DeviceModel "lamp": they go on at the edge, but cannot be changed until the model is there again',
  ]);
});

test("a model that contradicts itself is refused", async () => {
  await using on = await startReviewed();
  const [answer] = await on.patch("devicemodels/lamp", {
    metadata: { annotations: null },
    spec: { properties: [{ name: "level", type: "INT", accessMode: "ReadWrite", minimum: "9", maximum: "1" }] },
  });
  assert.match(answer ?? "", /^spec\.properties\[0\]\.m(?:in|ax)imum: Invalid value: "\d": /);
});

test("a device in an older version of the API is reviewed as what it means", async () => {
  await using on = await startReviewed();
  const old = {
    apiVersion: "devices.kubeedge.io/v1alpha2",
    kind: "Device",
    metadata: { name: "old" },
    spec: {
      deviceModelRef: { name: "lamp" },
      protocol: { customizedProtocol: { protocolName: "gpio" } },
      nodeSelector: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: "", operator: "In", values: ["pi-1"] }] }],
      },
      propertyVisitors: [
        { propertyName: "power", customizedProtocol: { protocolName: "gpio", configData: { pin: 17 } } },
      ],
    },
    status: { twins: [{ propertyName: "level", desired: { value: "500", metadata: { type: "int" } } }] },
  };
  const path = "/apis/devices.kubeedge.io/v1alpha2/namespaces/default/devices";
  const [answer] = told(await on.api.send("POST", path, { body: old }));
  assert.match(answer ?? "", /desired\.value: Invalid value: "500": expected a whole number from 0 to 100/);
});

test("rules are read before they are taken: endpoints, pairs, settings, paths that are taken", async () => {
  await using on = await startReviewed();
  const rules = "/apis/rules.kubeedge.io/v1/namespaces/default";
  const make = async (plural: string, name: string, spec: unknown) => {
    const kind = plural === "rules" ? "Rule" : "RuleEndpoint";
    const body = { apiVersion: "rules.kubeedge.io/v1", kind, metadata: { name }, spec };
    return told(await on.api.send("POST", `${rules}/${plural}`, { body }));
  };
  await make("ruleendpoints", "cloud", { ruleEndpointType: "rest", properties: {} });
  await make("ruleendpoints", "bus", { ruleEndpointType: "eventbus", properties: {} });
  await make("ruleendpoints", "service", { ruleEndpointType: "servicebus", properties: {} });
  const [port] = await make("ruleendpoints", "other", {
    ruleEndpointType: "servicebus",
    properties: { service_port: "http" },
  });
  assert.equal(port, 'spec.properties.service_port: Invalid value: "http": expected a port from 1 to 65535');
  const rule = (name: string, source: string, sourceResource: Fields, target: string, targetResource: Fields) =>
    make("rules", name, { source, sourceResource, target, targetResource });
  assert.deepEqual(await rule("r1", "cloud", { path: "/lamp" }, "bus", { topic: "lamps/red" }), ["ok"]);
  assert.deepEqual(await rule("r2", "clod", { path: "/x" }, "bus", { topic: "x" }), [
    'spec.source: Not found: "clod": there is no RuleEndpoint "clod" in namespace "default"; did you mean "cloud"?',
  ]);
  assert.deepEqual(await rule("r3", "bus", { topic: "x", node_name: "pi-1" }, "service", { path: "/x" }), [
    "spec.target: Forbidden: messages do not go from eventbus to servicebus; they go from rest to eventbus, from rest to servicebus, from eventbus to rest, from servicebus to rest",
  ]);
  assert.deepEqual(await rule("r4", "cloud", { path: "lamp" }, "bus", { topic: "$hw/events" }), [
    'spec.sourceResource.path: Invalid value: "lamp": expected a path that begins with / and has no ?, # or space',
    'spec.targetResource.topic: Invalid value: "$hw/events": topics that begin with $ belong to the edge itself',
  ]);
  assert.deepEqual(await rule("r5", "cloud", { path: "/lamp/" }, "bus", { topic: "other" }), [
    'spec.sourceResource.path: Invalid value: "/lamp": Rule "r1" has this path already; choose another, or delete that one',
  ]);
  assert.deepEqual(await rule("r6", "bus", { topic: "a/#/b" }, "cloud", { resource: "ftp://x" }), [
    "spec.sourceResource.node_name: Required value: write the node that the messages come from",
    'spec.sourceResource.topic: Invalid value: "a/#/b": + stands for a whole level, and # for all at the end',
    'spec.targetResource.resource: Invalid value: "ftp://x": expected a URL that begins with http:// or https://',
  ]);
  assert.deepEqual(await rule("r7", "cloud", { path: "/s" }, "service", { path: "/x" }), [
    'spec.target: Required value: its RuleEndpoint has no properties.service_port, e.g. "8080"',
  ]);
  assert.deepEqual(told(await on.api.send("DELETE", `${rules}/ruleendpoints/bus`)), [
    "ok",
    'warning: rules that do not work without RuleEndpoint "bus": r1',
  ]);
});
