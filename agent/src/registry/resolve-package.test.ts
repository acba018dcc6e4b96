import assert from "node:assert/strict";
import { test } from "node:test";
import { resolverFrom } from "./resolve-package.ts";

test("paths are resolved from the directory of the configuration, packages from there or from the agent", () => {
  const resolveFrom = resolverFrom("/etc/edgetwin");
  assert.equal(resolveFrom("./mappers/pump.js"), "file:///etc/edgetwin/mappers/pump.js");
  assert.equal(resolveFrom("/opt/pump.js"), "file:///opt/pump.js");
  assert.match(resolveFrom("@edgetwin/models"), /^file:.*models/);
});
