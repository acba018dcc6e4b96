import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { planBlocks, type Span } from "./plan-blocks.ts";

const spans = fc
  .array(fc.record({ register: fc.nat(60), length: fc.integer({ min: 1, max: 8 }) }), { maxLength: 12 })
  .map((all) => all.map((span, index): Span => ({ name: `v${index}`, ...span })));

test("every value is read once, whole, and no register between the values is touched", () => {
  fc.assert(
    fc.property(spans, fc.integer({ min: 1, max: 40 }), (wanted, maxBytes) => {
      const blocks = planBlocks(wanted, maxBytes);
      assert.deepEqual(
        blocks.flatMap((block) => block.spans.map(({ name }) => name)).sort(),
        wanted.map(({ name }) => name).sort(),
      );
      const cells = new Set(wanted.flatMap(({ register, length }) => Array.from({ length }, (_, at) => register + at)));
      for (const { register, length, spans: inside } of blocks) {
        for (let at = 0; at < length; at++) assert.ok(cells.has(register + at), `register ${register + at}`);
        for (const span of inside) {
          assert.ok(span.register >= register && span.register + span.length <= register + length);
        }
        // A value that is longer than the limit is read alone, with those inside it.
        assert.ok(length <= maxBytes || inside.some((span) => span.length === length));
      }
    }),
  );
});

test("adjacent values go together up to the limit", () => {
  const row = [0, 2, 4, 6].map((register) => ({ name: `r${register}`, register, length: 2 }));
  assert.deepEqual(
    planBlocks(row, 32).map(({ register, length }) => [register, length]),
    [[0, 8]],
  );
  assert.deepEqual(
    planBlocks(row, 4).map(({ register, length }) => [register, length]),
    [
      [0, 4],
      [4, 4],
    ],
  );
});
