import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApiObject } from "../api-object.ts";
import { parseFieldSelector } from "./field-selector.ts";
import { parseLabelSelector } from "./label-selector.ts";

const labels = { app: "light", row: "3", "example.com/tier": "edge", empty: "" };

for (const [selector, selected] of [
  ["", true],
  ["app=light", true],
  ["app==light,row=3", true],
  ["app!=light", false],
  ["nosuch!=light", true],
  ["app in (light, lamp)", true],
  ["app notin (light,lamp)", false],
  ["nosuch notin (light)", true],
  ["nosuch in (light)", false],
  ["app", true],
  ["!app", false],
  ["!nosuch,example.com/tier=edge", true],
  ["row>2,row<4", true],
  ["row>3", false],
  ["empty=", true],
  ["nosuch=", false],
] as const) {
  test(`label selector ${JSON.stringify(selector)} selects: ${selected}`, () => {
    assert.equal(parseLabelSelector(selector)(labels), selected);
  });
}

for (const selector of ["a=b=c", "a in b", ",", "a in (b", "-a", "a=b c"]) {
  test(`label selector ${JSON.stringify(selector)} is refused and named`, () => {
    assert.throws(() => parseLabelSelector(selector), { status: 400, message: /unable to parse requirement: found '/ });
  });
}

const object = {
  apiVersion: "v1",
  kind: "Event",
  metadata: { name: "a,b" },
  involvedObject: { kind: "Device" },
} as ApiObject;

test("fields select by equality, and the name is known beforehand", () => {
  const selector = parseFieldSelector("metadata.name=a\\,b,involvedObject.kind!=Node", [
    "metadata.name",
    "involvedObject.kind",
  ]);
  assert.equal(selector.name, "a,b");
  assert.equal(selector.matches(object), true);
  assert.equal(parseFieldSelector("involvedObject.kind=Node", ["involvedObject.kind"]).matches(object), false);
  assert.throws(() => parseFieldSelector("spec.x=1", []), {
    status: 400,
    message: "field label not supported: spec.x",
  });
  assert.throws(() => parseFieldSelector("what", ["what"]), { status: 400 });
});
