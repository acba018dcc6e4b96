import assert from "node:assert/strict";
import { test } from "node:test";
import { completeConfig } from "./complete-config.ts";
import { defineMapper, type Mapper } from "./mapper.ts";
import { defineModel } from "./model.ts";
import { p } from "./property.ts";
import type { Schema } from "./schema.ts";

const anySchema: Schema = { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) } };
const model = defineModel("lamp", { power: p.boolean(), level: p.int() });
const base = {
  protocol: "fake",
  model,
  visitor: anySchema,
  open: () => null,
  properties: { power: { read: () => true }, level: { read: () => 1 } },
};
const plain = defineMapper(base);
const withDefaults: Mapper<typeof model> = defineMapper({
  ...base,
  connection: anySchema,
  defaults: ({ pin }) => ({ connection: { baudRate: 9600 }, visitors: { power: { line: pin, activeLow: true } } }),
});

test("a mapper without defaults gets what the manifest says", () => {
  const config = { visitors: { power: { line: 1 } } };
  assert.equal(completeConfig(plain, { config }), config);
});

test("defaults fill in setting by setting, taken from the model's constants, and the manifest wins", () => {
  const config = {
    connection: { path: "/dev/ttyUSB0" },
    visitors: { power: { activeLow: false }, level: { line: 2 } },
  };
  assert.deepEqual(completeConfig(withDefaults, { config, constants: { pin: 17n } }), {
    connection: { baudRate: 9600, path: "/dev/ttyUSB0" },
    visitors: { power: { line: 17n, activeLow: false }, level: { line: 2 } },
  });
  assert.deepEqual(completeConfig(withDefaults, { config: {}, constants: { pin: 4n } }), {
    connection: { baudRate: 9600 },
    visitors: { power: { line: 4n, activeLow: true } },
  });
});

test("what is no object is left for the schemas to refuse", () => {
  const config = { connection: "ttyUSB0", visitors: { power: 17 } };
  assert.deepEqual(completeConfig(withDefaults, { config }), config);
});
