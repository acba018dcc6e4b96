import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { StoredObject } from "./client.ts";
import { keyOf, ObjectCache } from "./object-cache.ts";

const group = ({ spec }: StoredObject) => spec as string | undefined;
const object = fc
  .record({
    name: fc.constantFrom("a", "b", "c"),
    version: fc.constantFrom("1", "2", "3"),
    spec: fc.option(fc.constantFrom("x", "y"), { nil: undefined }),
  })
  .map(({ name, version, spec }): StoredObject => {
    // One version has one content.
    const resourceVersion = `${version}-${spec}`;
    return { spec, metadata: { namespace: "n", name, uid: name, resourceVersion } };
  });
const step = fc.oneof(
  object.map((one) => ({ put: one })),
  fc.constantFrom("n/a", "n/b", "n/c").map((key) => ({ remove: key })),
  fc.uniqueArray(object, { selector: ({ metadata }) => metadata.name }).map((all) => ({ replace: all })),
);

test("an index holds what a search of all objects would find, and the changes told lead from one state to the next", () => {
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const cache = new ObjectCache({ group });
      const told = new Map<string, StoredObject>();
      for (const one of steps) {
        const changes =
          "put" in one
            ? [cache.put(one.put)]
            : "remove" in one
              ? [cache.remove(one.remove)]
              : cache.replace(one.replace);
        for (const change of changes) {
          if (!change) continue;
          assert.equal(change.before, told.get(change.key));
          if (change.now) told.set(change.key, change.now);
          else told.delete(change.key);
        }
        assert.deepEqual(new Map([...cache.values()].map((held) => [keyOf(held.metadata), held])), told);
        for (const value of ["x", "y"]) {
          const found = [...told].filter(([, held]) => held.spec === value).map(([key]) => key);
          assert.deepEqual([...cache.keysBy("group", value)].sort(), found.sort());
        }
      }
    }),
  );
});
