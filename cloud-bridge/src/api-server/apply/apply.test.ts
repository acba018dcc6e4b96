import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ApiObject, Fields } from "../api-object.ts";
import type { Schema } from "../validation/schema.ts";
import { apply } from "./apply.ts";
import { fromFieldsV1, pathOf, sameSet, toFieldsV1 } from "./field-set.ts";
import { trackUpdate } from "./track-update.ts";

const text: Schema = { type: "string" };
const schema: Schema = {
  type: "object",
  properties: {
    spec: {
      type: "object",
      properties: {
        node: text,
        parts: {
          type: "array",
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["name"],
          items: { type: "object", properties: { name: text, size: { type: "integer" } } },
        },
        tags: { type: "array", items: text, "x-kubernetes-list-type": "set" },
        whole: { type: "array", items: text },
        ref: { type: "object", properties: { name: text }, "x-kubernetes-map-type": "atomic" },
      },
    },
  },
};

const object = (spec: Fields, metadata: Fields = {}): ApiObject => ({
  apiVersion: "g/v1",
  kind: "K",
  metadata: { name: "x", ...metadata },
  spec,
});

function applied(
  live: ApiObject | undefined,
  manager: string,
  spec: Fields,
  { force = false, metadata = {} } = {},
): ApiObject {
  const writer = { manager, operation: "Apply", apiVersion: "g/v1" } as const;
  return apply({ live, applied: object(spec, metadata), schema, writer, force, time: "2026-01-01T00:00:00Z" });
}

const ownersOf = ({ metadata }: ApiObject) =>
  Object.fromEntries((metadata.managedFields ?? []).map(({ manager, fieldsV1 }) => [manager, fieldsV1]));

test("what a manager no longer says goes, unless another one says it", () => {
  const first = applied(undefined, "alice", { node: "a", tags: ["x", "y"], parts: [{ name: "p", size: 1 }] });
  const second = applied(first, "bob", { node: "a", tags: ["y"] });
  assert.deepEqual(applied(second, "alice", {}).spec, { node: "a", tags: ["y"] });
});

test("the last label of a manager takes only the labels with it", () => {
  const first = applied(undefined, "alice", { node: "a" }, { metadata: { labels: { owner: "b" } } });
  const second = applied(first, "alice", { node: "a" });
  assert.deepEqual(second.metadata.labels, undefined);
  assert.equal(second.metadata.name, "x");
});

test("another value than the one of somebody else is a conflict that names both, and force takes it over", () => {
  const first = applied(undefined, "alice", { node: "a", parts: [{ name: "p", size: 1 }] });
  assert.throws(() => applied(first, "bob", { node: "b" }), {
    status: 409,
    message: 'Apply failed with 1 conflict: conflict with "alice": .spec.node',
  });
  assert.throws(() => applied(first, "bob", { node: "b", parts: [{ name: "p", size: 2 }] }), {
    message: 'Apply failed with 2 conflicts: conflicts with "alice":\n- .spec.node\n- .spec.parts[name="p"].size',
  });
  const forced = applied(first, "bob", { node: "b" }, { force: true });
  assert.deepEqual(forced.spec, { node: "b", parts: [{ name: "p", size: 1 }] });
  assert.deepEqual(ownersOf(forced), {
    alice: { "f:spec": { "f:parts": { 'k:{"name":"p"}': { ".": {}, "f:name": {}, "f:size": {} } } } },
    bob: { "f:spec": { "f:node": {} } },
  });
});

test("keyed lists are merged by key, sets by value, other lists and atomic maps are one", () => {
  const first = applied(undefined, "alice", { parts: [{ name: "p" }], tags: ["a"], whole: ["1"], ref: { name: "r" } });
  const second = applied(first, "bob", { parts: [{ name: "q", size: 2 }], tags: ["b"] });
  assert.deepEqual(second.spec, {
    parts: [{ name: "p" }, { name: "q", size: 2 }],
    tags: ["a", "b"],
    whole: ["1"],
    ref: { name: "r" },
  });
  assert.throws(() => applied(first, "bob", { whole: ["1", "2"] }), /conflict with "alice": \.spec\.whole$/);
  assert.throws(() => applied(first, "bob", { ref: { name: "s" } }), /conflict with "alice": \.spec\.ref$/);
});

test("an update takes what it changes from everybody else", () => {
  const first = applied(undefined, "alice", { node: "a", whole: ["1"] });
  const after = { ...structuredClone(first), spec: { node: "b" } };
  const writer = { manager: "kubectl-edit", operation: "Update", apiVersion: "g/v1" } as const;
  trackUpdate({ before: first, after, schema, writer, time: "2026-01-02T00:00:00Z" });
  assert.deepEqual(ownersOf(after), { "kubectl-edit": { "f:spec": { "f:node": {} } } });
  assert.throws(() => applied(after, "alice", { node: "a" }), {
    message:
      'Apply failed with 1 conflict: conflict with "kubectl-edit" using g/v1 at 2026-01-02T00:00:00Z: .spec.node',
  });
});

test("an apply that says nothing new changes nothing, not even a time", () => {
  const first = applied(undefined, "alice", { node: "a", tags: ["x"] });
  const writer = { manager: "alice", operation: "Apply", apiVersion: "g/v1" } as const;
  const again = apply({
    live: first,
    applied: object({ node: "a", tags: ["x"] }),
    schema,
    writer,
    force: false,
    time: "2030-01-01T00:00:00Z",
  });
  assert.deepEqual(again, first);
});

test("every set of fields comes back from FieldsV1", () => {
  const element = fc.oneof(
    fc.string().map((name) => `f:${name}`),
    fc.string().map((value) => `v:${JSON.stringify(value)}`),
    fc.string().map((name) => `k:${JSON.stringify({ name })}`),
  );
  fc.assert(
    fc.property(fc.array(fc.array(element, { minLength: 1, maxLength: 4 }), { maxLength: 12 }), (paths) => {
      fc.pre(paths.every((path) => path.every((part) => part !== "f:__proto__")));
      const set = new Set(paths.map(pathOf));
      assert.ok(sameSet(fromFieldsV1(toFieldsV1(set)), set));
    }),
  );
});

test("whatever two managers apply, both have said what is there in the end", () => {
  const spec = fc.record(
    {
      node: fc.constantFrom("a", "b"),
      tags: fc.uniqueArray(fc.constantFrom("x", "y", "z")),
      ref: fc.constantFrom({ name: "r" }, { name: "s" }),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(fc.record({ manager: fc.constantFrom("alice", "bob"), spec }), { minLength: 1 }), (steps) => {
      let live: ApiObject | undefined;
      const said = new Map<string, Fields>();
      for (const { manager, spec: wanted } of steps) {
        live = applied(live, manager, wanted, { force: true });
        said.set(manager, wanted);
        // What the last one applied is there, whoever said what before.
        const now = live.spec as Fields;
        if (wanted.node !== undefined) assert.equal(now.node, wanted.node);
        if (wanted.ref !== undefined) assert.deepEqual(now.ref, wanted.ref);
        for (const tag of wanted.tags ?? []) assert.ok((now.tags as string[]).includes(tag));
      }
      // And nothing is there that nobody says any more.
      const now = (live?.spec ?? {}) as Fields;
      if (now.node !== undefined) assert.ok([...said.values()].some(({ node }) => node === now.node));
      for (const tag of (now.tags as string[] | undefined) ?? []) {
        assert.ok([...said.values()].some(({ tags }) => (tags as string[] | undefined)?.includes(tag)));
      }
    }),
  );
});
