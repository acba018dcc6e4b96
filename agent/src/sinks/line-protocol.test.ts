import assert from "node:assert/strict";
import { test } from "node:test";
import type { Value } from "@edgetwin/mapper-sdk";
import type { SinkPoint } from "@edgetwin/mapper-sdk/sinks";
import fc from "fast-check";
import { parseLine } from "../../test/sinks/support/parse-line.ts";
import { type LineOptions, lineOf } from "./kinds/line-protocol.ts";

const point = (value: Value, more: Partial<SinkPoint> = {}): SinkPoint => ({
  device: "plant/boiler",
  property: "level",
  type: "STRING",
  value,
  at: 1_700_000_000_123,
  quality: "good",
  config: {},
  ...more,
});

const plain: LineOptions = { tags: {}, compat: false };

const lines: readonly (readonly [what: string, SinkPoint, LineOptions, string])[] = [
  [
    "a whole number of 64 bits",
    point(2n ** 63n - 1n, { type: "INT" }),
    plain,
    "boiler,device=boiler,namespace=plant level=9223372036854775807i 1700000000123",
  ],
  ["a number", point(21.5, { type: "DOUBLE" }), plain, "boiler,device=boiler,namespace=plant level=21.5 1700000000123"],
  [
    "a 32-bit number in its own digits",
    point(Math.fround(0.1), { type: "FLOAT" }),
    plain,
    "boiler,device=boiler,namespace=plant level=0.1 1700000000123",
  ],
  [
    "a truth value",
    point(true, { type: "BOOLEAN" }),
    plain,
    "boiler,device=boiler,namespace=plant level=true 1700000000123",
  ],
  [
    "a text with quotes",
    point('say "hi" \\'),
    plain,
    String.raw`boiler,device=boiler,namespace=plant level="say \"hi\" \\" 1700000000123`,
  ],
  [
    "bytes",
    point(new Uint8Array([1, 2]), { type: "BYTES" }),
    plain,
    'boiler,device=boiler,namespace=plant level="AQI=" 1700000000123',
  ],
  [
    "names of the manifest",
    point(true, { type: "BOOLEAN" }),
    { ...plain, measurement: "hall 3", fieldKey: "a=b", tags: { hall: "3, left" } },
    String.raw`hall\ 3,device=boiler,hall=3\,\ left,namespace=plant a\=b=true 1700000000123`,
  ],
  [
    "KubeEdge's way",
    point(5n, { type: "INT" }),
    { tags: { hall: "3" }, measurement: "m", fieldKey: "f", compat: true },
    'm,hall=3 f="5" 1700000000123',
  ],
];
for (const [what, given, options, line] of lines) {
  test(`line protocol writes ${what}`, () => assert.equal(lineOf(given, options), line));
}

/** Texts full of what means something in a line. */
const nasty = fc.string({ unit: fc.constantFrom(..."ab ,=\"\\#\n\r\t0i'é\u{1f600}"), maxLength: 12 });
const name = nasty.filter((text) => text !== "");

test("nothing in a name, a tag or a value breaks out of its place", () => {
  fc.assert(
    fc.property(
      name,
      name,
      nasty,
      nasty,
      fc.dictionary(name, nasty, { maxKeys: 3 }),
      (measurement, fieldKey, value, device, tags) => {
        const line = lineOf(point(value, { device: `ns/${device || "d"}` }), {
          measurement,
          fieldKey,
          tags,
          compat: false,
        });
        const read = parseLine(line);
        assert.equal(read.at, 1_700_000_000_123);
        assert.equal(read.value.slice(1, -1).replace(/\\(["\\])/g, "$1"), value);
        assert.ok(Object.keys(read.tags).length <= Object.keys(tags).length + 2);
        const simple = /^[^\\\n\r\t]+$/;
        if (simple.test(fieldKey)) assert.equal(read.field, fieldKey);
        if (simple.test(measurement)) assert.equal(read.measurement, measurement);
        for (const [key, tag] of Object.entries(tags)) {
          if (simple.test(key) && simple.test(tag)) assert.equal(read.tags[key], tag);
        }
      },
    ),
  );
});
