import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { parse } from "yaml";
import { type Kind, kinds, parseManifests, type Resource, toV1beta1, versionOf } from "../src/index.ts";
import { arbitraryResource } from "./arbitrary.ts";
import { type Crd, type CrdSchema, narrower, refused, unstructured } from "./crd-schema.ts";
import { fixture, fixtures } from "./fixtures.ts";

const files: Readonly<Record<Kind, readonly [ours: string, theirs: string]>> = {
  DeviceModel: ["devicemodels", "devices_v1beta1_devicemodel"],
  Device: ["devices", "devices_v1beta1_device"],
  DeviceStatus: ["devicestatuses", "devices_v1beta1_devicestatus"],
};

const ours = (kind: Kind): Crd =>
  parse(readFileSync(new URL(`../../crds/${files[kind][0]}.yaml`, import.meta.url), "utf8")) as Crd;
const theirs = (kind: Kind): Crd => parse(fixture(`kubeedge-crds/${files[kind][1]}.yaml`)) as Crd;

function schemaOf(crd: Crd, version: string): CrdSchema {
  const found = crd.spec.versions.find(({ name }) => name === version);
  assert.ok(found, `${crd.metadata.name} has no version ${version}`);
  return found.schema.openAPIV3Schema;
}

for (const kind of kinds) {
  test(`the definition of ${kind} accepts and keeps all that KubeEdge's does`, () => {
    const [mine, other] = [ours(kind), theirs(kind)];
    assert.equal(mine.metadata.name, other.metadata.name);
    assert.equal(mine.spec.group, other.spec.group);
    assert.equal(mine.spec.scope, other.spec.scope);
    for (const [key, name] of Object.entries(other.spec.names)) assert.equal(mine.spec.names[key], name);
    for (const { name, served, storage, schema } of other.spec.versions) {
      const version = mine.spec.versions.find((candidate) => candidate.name === name);
      assert.deepEqual([version?.served, version?.storage], [served, storage]);
      assert.deepEqual(narrower(version?.schema.openAPIV3Schema, schema.openAPIV3Schema), []);
    }
  });

  test(`the definition of ${kind} is structural, and has printer columns`, () => {
    for (const { name: version, additionalPrinterColumns, schema, subresources } of ours(kind).spec.versions) {
      assert.deepEqual(unstructured(schema.openAPIV3Schema), []);
      // KubeEdge patches the status of a DeviceStatus on the resource itself, and people that of an old Device.
      const hasStatus = kind === "Device" && version === "v1beta1";
      assert.deepEqual(subresources, hasStatus ? { status: {} } : undefined);
      assert.ok(additionalPrinterColumns?.some(({ name }) => name === "Age"));
    }
  });

  test(`every ${kind} that passes our own check passes the definition too`, () => {
    for (const version of ["v1alpha2", "v1beta1"] as const) {
      const schema = schemaOf(ours(kind), version);
      fc.assert(
        fc.property(arbitraryResource(version, kind), (resource) => assert.deepEqual(refused(schema, resource), [])),
      );
    }
  });
}

test("every manifest in the fixtures, and what becomes of it in v1beta1, passes the definitions", async () => {
  let checked = 0;
  const check = (resource: Resource) => {
    checked++;
    assert.deepEqual(refused(schemaOf(ours(resource.kind), versionOf(resource)), resource), []);
  };
  for (const { text } of fixtures()) {
    const { resources } = await parseManifests(text);
    for (const resource of resources) {
      // API servers with these definitions do not serve v1alpha1 at all.
      if (versionOf(resource) !== "v1alpha1") check(resource);
      check(toV1beta1(resource));
    }
  }
  assert.ok(checked > 30);
});

test("the checker itself refuses what an API server refuses", () => {
  const schema = schemaOf(ours("Device"), "v1beta1");
  const device = { spec: { nodeName: 5, properties: [{ desired: {} }, "red"], stateReport: { reportCycle: 1.5 } } };
  assert.deepEqual(refused(schema, device), [
    ".spec.nodeName: expected string",
    ".spec.properties[0].desired.value: is missing",
    ".spec.properties[1]: expected object",
    ".spec.stateReport.reportCycle: expected integer",
  ]);
  const model = { spec: { properties: [{ type: "INTEGER" }] } };
  assert.deepEqual(refused(schemaOf(ours("DeviceModel"), "v1beta1"), model), [
    ".spec.properties[0].type: not in the list",
  ]);
  assert.deepEqual(narrower({ type: "string", enum: ["a"] }, { type: "string", enum: ["a", "b"] }), [": without b"]);
  assert.deepEqual(
    narrower({ type: "object", required: ["a"] }, { type: "object", properties: { a: { type: "string" } } }),
    [".a: is required", ".a: is not there"],
  );
});
