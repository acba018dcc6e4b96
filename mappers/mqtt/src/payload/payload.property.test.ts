import assert from "node:assert/strict";
import { test } from "node:test";
import { p, parse } from "@edgetwin/mapper-sdk";
import fc from "fast-check";
import { isTopicFilter, topicMatches } from "../link/topic.ts";
import { visitor } from "../visitors/visitor.ts";
import { bindingOf } from "./binding.ts";
import { parseJsonPath, selectJson, showJsonPath } from "./json-path.ts";
import { fillTemplate } from "./template.ts";

const binding = (property: Parameters<typeof bindingOf>[0], settings: object) =>
  bindingOf(property, parse(visitor, { state: "s", command: "c", ...settings }, "visitor"), "it");

test("a path that was written down leads to where it led before", () => {
  const part = fc.oneof(fc.string({ minLength: 1 }), fc.nat(50));
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (path) => {
      assert.deepEqual(parseJsonPath(showJsonPath(path)), path);
    }),
  );
});

test("every value of a document is found by its path, and what is not there is nothing", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue()), (document) => {
      for (const [name, value] of Object.entries(document)) {
        const path = parseJsonPath(showJsonPath([name])) ?? [];
        assert.deepEqual(selectJson(document, path), value);
        assert.equal(selectJson(document, [...path, "\0none"]), undefined);
      }
    }),
  );
});

test("any text ends in nothing or a path, never in an error", () => {
  fc.assert(fc.property(fc.string(), (text) => void parseJsonPath(text)));
});

test("a value never becomes part of a template, and JSON stays JSON", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean()), (value) => {
      const filled = fillTemplate('{"a":{"b":{{ value | json }}}}', value);
      assert.deepEqual(JSON.parse(filled), JSON.parse(JSON.stringify({ a: { b: value } })));
      assert.equal(fillTemplate("{{value}}", value), String(value));
    }),
  );
});

// + 0: text has no -0.
test("whatever is written is read back as the same, whichever way it goes", () => {
  const wrap = { path: "$.v", template: '{"v":{{ value | json }}}' };
  const echo = (property: Parameters<typeof bindingOf>[0], settings: object, given: unknown) => {
    const there = binding(property, settings);
    const value = property.accept(given);
    const back = there.decode(Buffer.from(there.encode(value)));
    assert.ok(there.same(back, value), `${String(value)} came back as ${String(back)}`);
    assert.deepEqual(property.toTwin(back), property.toTwin(value));
  };
  const text = p.string({ access: "rw" });
  const number = p.double({ access: "rw" });
  fc.assert(fc.property(fc.string({ minLength: 1 }), (value) => echo(text, wrap, value)));
  fc.assert(
    fc.property(fc.boolean(), (value) => echo(p.boolean({ access: "rw" }), { values: { true: 1, false: 0 } }, value)),
  );
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => echo(number, {}, value + 0)));
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) =>
      echo(p.float({ access: "rw" }), {}, value + 0),
    ),
  );
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) =>
      echo(p.int64({ access: "rw" }), {}, value),
    ),
  );
  fc.assert(fc.property(fc.integer(), (value) => echo(p.int({ access: "rw" }), { scale: 0.5, offset: 3 }, value)));
  fc.assert(fc.property(fc.uint8Array({ minLength: 1 }), (value) => echo(p.bytes({ access: "rw" }), {}, value)));
});

test("a filter finds its own topic, and wildcards find what they stand for", () => {
  const level = fc.string({ minLength: 1, maxLength: 5 }).filter((text) => !/[+#/$\0]/.test(text));
  fc.assert(
    fc.property(fc.array(level, { minLength: 1, maxLength: 5 }), fc.nat(4), (levels, at) => {
      const topic = levels.join("/");
      const index = at % levels.length;
      const filters = [
        topic,
        "#",
        levels.with(index, "+").join("/"),
        [...levels.slice(0, index), "#"].join("/"),
        `${topic}/#`,
      ];
      for (const filter of filters)
        assert.ok(isTopicFilter(filter) && topicMatches(filter, topic), `${filter} ${topic}`);
      assert.ok(!topicMatches(`${topic}/+`, topic) && !topicMatches(topic, `${topic}/x`));
      assert.ok(!topicMatches("#", `$SYS/${topic}`) && topicMatches("$SYS/#", `$SYS/${topic}`));
    }),
  );
  for (const wrong of ["", "a/#/b", "a+", "a/b#", "a\0"]) assert.equal(isTopicFilter(wrong), false, wrong);
});
