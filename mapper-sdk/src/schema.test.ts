import assert from "node:assert/strict";
import { test } from "node:test";
import { MapperError } from "./errors.ts";
import { parse, type Schema, type SchemaResult } from "./schema.ts";

/** A Standard Schema as zod and others hand it over. */
const schema = <T>(validate: (value: unknown) => SchemaResult<T> | Promise<SchemaResult<T>>): Schema<unknown, T> => ({
  "~standard": { version: 1, vendor: "test", validate },
});

test("returns what the schema makes of the value", () => {
  assert.equal(
    parse(
      schema((value) => ({ value: Number(value) })),
      "42",
      "connection",
    ),
    42,
  );
});

test("names every issue with its path below the place it belongs to", () => {
  const issues = [
    { path: ["line"], message: "is missing" },
    { path: [{ key: "pins" }, 0], message: "is no pin" },
    { message: "is odd altogether" },
  ];
  assert.throws(
    () =>
      parse(
        schema(() => ({ issues })),
        {},
        "visitors.power",
      ),
    new MapperError(
      "CONFIG_INVALID",
      "visitors.power.line: is missing\nvisitors.power.pins.0: is no pin\nvisitors.power: is odd altogether",
    ),
  );
});

test("refuses a schema that validates later, when hardware might be in use already", () => {
  assert.throws(
    () =>
      parse(
        schema(async (value) => ({ value })),
        {},
        "connection",
      ),
    new TypeError("connection: asynchronous schemas are not supported"),
  );
});
