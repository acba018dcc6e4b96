import assert from "node:assert/strict";
import { test } from "node:test";
import { MapperError } from "./errors.ts";
import { f, fields } from "./fields.ts";
import { defineMapper } from "./mapper.ts";
import { defineModel, type Property } from "./model.ts";
import { p } from "./property.ts";
import { defineProtocol } from "./protocol.ts";

const model = defineModel("meter", { voltage: p.float(), constructor: p.int() });
const connection = fields({ path: f.string() });
const visitor = fields({ address: f.int({ min: 0 }) });
const meter = defineMapper({
  protocol: "fake",
  model,
  connection,
  visitor,
  open: () => null,
  properties: { voltage: { read: () => 230 }, constructor: { read: () => 1 } },
});
const good = { connection: { path: "/dev/x" }, visitors: { voltage: { address: 0 }, constructor: { address: 1 } } };

test("accepts a configuration that fits and returns the model unchanged", () => {
  assert.equal(meter.modelFor(good), model);
});

test("names everything that is wrong at once: connection, visitors and misspelt properties", () => {
  assert.throws(() => meter.modelFor({ connection: { pth: "x" }, visitors: { votage: { address: 0 } } }), {
    code: "CONFIG_INVALID",
    message: [
      'connection.pth: is not a setting here; did you mean "path"?',
      "connection.path: is missing; expected text",
      'visitors.votage: meter has no such property; did you mean "voltage"?',
      "visitors.voltage.address: is missing; expected a whole number of at least 0",
      "visitors.constructor.address: is missing; expected a whole number of at least 0",
    ].join("\n"),
  });
});

test("refuses visitors that are no object", () => {
  for (const visitors of [[], "voltage", null]) {
    assert.throws(() => meter.modelFor({ ...good, visitors } as never), {
      code: "CONFIG_INVALID",
      message: /^visitors: expected an object with one entry per property/,
    });
  }
});

const narrowing = defineProtocol({
  protocol: "fake",
  visitor: fields({ address: f.int(), words: f.optional(f.string()) }),
  narrow(property, { words }, name) {
    if (words === undefined) return property;
    if (property.type !== "STRING") throw new MapperError("CONFIG_INVALID", `visitors.${name}.words: only for text`);
    return p.oneOf(words.split(" "), { access: property.access });
  },
  open: () => null,
  read: () => "OFF",
  write() {},
});

test("narrows each property by its visitor, and only what the visitor says", async () => {
  const { properties } = await narrowing
    .serve(defineModel("switch", { power: p.string({ access: "rw" }), name: p.string() }))
    .modelFor({ visitors: { power: { address: 0, words: "OFF ON" }, name: { address: 1 } } });
  assert.equal(properties.power.accept("on"), "ON");
  assert.throws(() => properties.power.accept("BLINK"), { code: "VALUE_INVALID" });
  assert.equal(properties.name.accept("BLINK"), "BLINK");
});

test("tells what narrowing refuses beside everything else that is wrong", () => {
  const mapper = narrowing.serve(defineModel("switch", { power: p.boolean(), level: p.int() }));
  assert.throws(() => mapper.modelFor({ visitors: { power: { address: 0, words: "A B" }, level: { address: "x" } } }), {
    code: "CONFIG_INVALID",
    message: /^visitors\.power\.words: only for text\nvisitors\.level\.address: expected a whole number, got "x"$/,
  });
});

test("a constant needs no visitor, unless the manifest says that it lives on the device", async () => {
  const constant: Property = { ...p.string(), constant: "26" };
  const mapper = narrowing.serve(defineModel("switch", { pin: constant }));
  assert.equal((await mapper.modelFor({})).properties.pin.constant, "26");
  assert.throws(() => mapper.modelFor({ visitors: { pin: {} } }), /visitors\.pin\.address: is missing/);
});
