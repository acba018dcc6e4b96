import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  type ApiVersion,
  fromV1beta1,
  type Kind,
  parseManifests,
  type Resource,
  toV1beta1,
  validateResource,
  versionOf,
} from "../src/index.ts";
import { arbitraryResource } from "./arbitrary.ts";
import { fixtures } from "./fixtures.ts";

type V1beta1 = ReturnType<typeof toV1beta1>;

const legacy: readonly (readonly [ApiVersion, Kind])[] = [
  ["v1alpha1", "DeviceModel"],
  ["v1alpha1", "Device"],
  ["v1alpha2", "DeviceModel"],
  ["v1alpha2", "Device"],
  ["v1alpha2", "DeviceStatus"],
];

for (const [version, kind] of legacy) {
  test(`any ${version} ${kind} comes back from v1beta1 as it was`, () => {
    fc.assert(
      fc.property(arbitraryResource(version, kind), (resource) => {
        assert.deepEqual(fromV1beta1(toV1beta1(resource), version), resource);
      }),
      { numRuns: 500 },
    );
  });

  test(`any v1beta1 ${kind} comes back from ${version} as it was`, () => {
    fc.assert(
      fc.property(arbitraryResource("v1beta1", kind), (resource) => {
        assert.deepEqual(toV1beta1(fromV1beta1(resource as V1beta1, version)), resource);
      }),
      { numRuns: 500 },
    );
  });

  test(`what becomes of a ${version} ${kind} is itself a valid v1beta1 ${kind}`, () => {
    fc.assert(
      fc.property(arbitraryResource(version, kind), (resource) => {
        validateResource(toV1beta1(resource));
      }),
    );
  });
}

test("a device that goes through all three versions and back is what it was", () => {
  fc.assert(
    fc.property(arbitraryResource("v1alpha1", "Device"), (resource) => {
      const first = toV1beta1(resource);
      const middle = fromV1beta1(first, "v1alpha2");
      assert.deepEqual(fromV1beta1(toV1beta1(middle), "v1alpha1"), resource);
    }),
  );
});

test("with a context, the way back with the same context is exact too", () => {
  const models = fc
    .constantFrom<ApiVersion>("v1alpha1", "v1alpha2", "v1beta1")
    .chain((version) => arbitraryResource(version, "DeviceModel"));
  fc.assert(
    fc.property(
      models,
      arbitraryResource("v1alpha2", "Device"),
      arbitraryResource("v1beta1", "Device"),
      (model, older, newer) => {
        const context = { models: [model], devices: [older, newer] };
        assert.deepEqual(fromV1beta1(toV1beta1(older, context), "v1alpha2", context), older);
        assert.deepEqual(toV1beta1(fromV1beta1(newer as V1beta1, "v1alpha2", context), context), newer);
        const version = versionOf(model);
        if (version !== "v1beta1") assert.deepEqual(fromV1beta1(toV1beta1(model, context), version, context), model);
      },
    ),
  );
});

for (const { file, text } of fixtures()) {
  test(`${file} loads, and every resource in it converts to v1beta1 and back`, async () => {
    const { resources, warnings } = await parseManifests(text, { file });
    const isForeign = /deploy\.yaml$|kubeedge-crds/.test(file);
    assert.equal(resources.length === 0, isForeign, warnings.join("\n"));
    if (isForeign) assert.match(warnings.join("\n"), /is not a device resource; it is skipped/);
    for (const resource of resources) {
      const converted = toV1beta1(resource);
      validateResource(converted);
      assert.deepEqual(fromV1beta1(converted, versionOf(resource)), resource);
      for (const version of ["v1alpha1", "v1alpha2"] as const) {
        const other: Resource = fromV1beta1(converted, version);
        assert.deepEqual(toV1beta1(other), converted);
      }
    }
  });
}
