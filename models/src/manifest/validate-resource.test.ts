import assert from "node:assert/strict";
import { test } from "node:test";
import { ModelError, validateResource } from "../index.ts";

test("a resource that is already data is given back as it is, with its warnings", () => {
  const value = {
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "DeviceModel",
    metadata: { name: "a" },
    spec: { protcol: "gpio" },
  };
  const { resource, warnings } = validateResource(value);
  assert.equal(resource, value);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? "", /^DeviceModel a: spec\.protcol: is no field .* did you mean "protocol"\?$/);
});

test("what is no device resource is an error here, because nobody asked for anything else", () => {
  for (const value of [
    undefined,
    null,
    "text",
    [],
    {},
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } },
  ]) {
    assert.throws(
      () => validateResource(value),
      (error) =>
        error instanceof ModelError &&
        error.code === "MANIFEST_INVALID" &&
        error.issues.every(({ severity }) => severity === "error"),
    );
  }
});
