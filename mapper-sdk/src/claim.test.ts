import assert from "node:assert/strict";
import { test } from "node:test";
import { isConflict } from "./claim.ts";

test("one thing has one owner, unless all who claim it use it in the same way", () => {
  const line = { resource: "GPIO17" };
  assert.ok(isConflict(line, line));
  assert.ok(!isConflict(line, { resource: "GPIO18" }));
  const bus = { resource: "/dev/ttyUSB0", as: "9600 8N1" };
  assert.ok(!isConflict(bus, { ...bus }));
  assert.ok(isConflict(bus, { ...bus, as: "19200 8N1" }));
  assert.ok(isConflict(bus, { resource: bus.resource }) && isConflict({ resource: bus.resource }, bus));
});
