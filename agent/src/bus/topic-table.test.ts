import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { matchesFilter, TopicTable } from "./topic-table.ts";

test("filters match as MQTT 3.1.1 clause 4.7 says", () => {
  const cases: [filter: string, topic: string, matches: boolean][] = [
    ["a/b", "a/b", true],
    ["a/b", "a/b/c", false],
    ["a/+", "a/b", true],
    ["a/+", "a", false],
    ["a/+", "a/", true],
    ["+/b", "/b", true],
    ["a/#", "a", true],
    ["a/#", "a/b/c", true],
    ["#", "a/b", true],
    ["#", "$hw/events", false],
    ["+/events", "$hw/events", false],
    ["$hw/#", "$hw/events/device/x/twin/update", true],
    ["$hw/events/device/+/twin/update", "$hw/events/device//twin/update", true],
    ["$hw/events/device/+/twin/update", "$hw/events/device/default/x/twin/update", false],
  ];
  for (const [filter, topic, matches] of cases) {
    assert.equal(matchesFilter(filter, topic), matches, `${filter} on ${topic}`);
    const table = new TopicTable<string>();
    table.add(filter, "v");
    assert.deepEqual(table.match(topic), matches ? ["v"] : [], `table: ${filter} on ${topic}`);
  }
});

test("a value that was put twice is found twice and taken away one at a time", () => {
  const table = new TopicTable<string>();
  table.add("a", "x");
  table.add("a", "x");
  assert.deepEqual(table.match("a"), ["x", "x"]);
  assert.equal(table.remove("a", "x"), true);
  assert.deepEqual(table.match("a"), ["x"]);
  assert.equal(table.remove("a", "x"), true);
  assert.equal(table.remove("a", "x"), false);
  assert.equal(table.size, 0);
});

test("what was remembered about a topic never outlives a change of subscriptions", () => {
  const level = fc.constantFrom("a", "b", "+", "$c");
  const filter = fc.array(level, { minLength: 1, maxLength: 3 }).map((levels) => levels.join("/"));
  const step = fc.record({
    filter: fc.oneof(
      filter,
      filter.map((text) => `${text}/#`),
    ),
    add: fc.boolean(),
  });
  const topic = fc
    .array(fc.constantFrom("a", "b", "$c"), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join("/"));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.array(topic, { minLength: 1, maxLength: 6 }), (steps, topics) => {
      const table = new TopicTable<string>();
      const model: string[] = [];
      for (const { filter, add } of steps) {
        if (add) {
          table.add(filter, filter);
          model.push(filter);
        } else {
          const index = model.indexOf(filter);
          assert.equal(table.remove(filter, filter), index >= 0);
          if (index >= 0) model.splice(index, 1);
        }
        for (const topic of topics) {
          const expected = model.filter((filter) => matchesFilter(filter, topic)).sort();
          assert.deepEqual([...table.match(topic)].sort(), expected);
        }
      }
    }),
  );
});
