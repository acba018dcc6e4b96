import assert from "node:assert/strict";
import { test } from "node:test";
import { fields } from "./fields.ts";
import { defineMapper } from "./mapper.ts";
import { defineModel } from "./model.ts";
import { p } from "./property.ts";

const model = defineModel("lamp", { power: p.boolean({ access: "rw" }), level: p.int() });
const base = { protocol: "fake", model, visitor: fields({}), open: () => null };

test("refuses a definition that JavaScript lets through: no handlers, or no write for a writable property", () => {
  assert.throws(
    () => defineMapper({ ...base, properties: { power: { read: () => true, write() {} } } } as never),
    new TypeError("the fake mapper has no handlers for lamp.level"),
  );
  assert.throws(
    () => defineMapper({ ...base, properties: { power: { read: () => true }, level: { read: () => 1 } } } as never),
    new TypeError("fake cannot write lamp.power: it has no write handler"),
  );
});

test("is what it was declared as, and has defaults only when it declared some", () => {
  const properties = { power: { read: () => true, write() {} }, level: { read: () => 1 } };
  const mapper = defineMapper({ ...base, properties });
  assert.equal(mapper.kind, "mapper");
  assert.equal(mapper.protocol, "fake");
  assert.equal(mapper.model, model);
  assert.equal("defaults" in mapper, false);
  assert.deepEqual(defineMapper({ ...base, properties, defaults: () => ({ visitors: {} }) }).defaults?.({}), {
    visitors: {},
  });
});
