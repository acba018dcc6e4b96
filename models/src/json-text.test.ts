import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseJsonText, toJsonText } from "./index.ts";

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string(),
    fc.constantFrom('"12345678901234567890"', "\\", "1234567890123456789"),
    fc.maxSafeInteger().map((number) => number + 0),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 80n }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value")),
    fc.dictionary(fc.string(), tie("value"), { noNullPrototype: true }),
  ),
}));

test("any JSON with integers of any size comes back as it was", () => {
  fc.assert(
    fc.property(value, (json) => assert.deepEqual(parseJsonText(toJsonText(json)), json)),
    { numRuns: 500 },
  );
});

test("ordinary JSON is read and written as the language does it", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const plain = JSON.parse(text);
      assert.deepEqual(JSON.parse(toJsonText(plain)), plain);
    }),
  );
});

test("integers are plain digits, as an API server writes them", () => {
  assert.equal(toJsonText({ limit: 2n ** 63n - 1n, small: 5n }), '{"limit":9223372036854775807,"small":5}');
  assert.deepEqual(parseJsonText('{"a":[9007199254740993,-9007199254740993,0.1234567890123456,1e20]}'), {
    a: [9007199254740993n, -9007199254740993n, 0.1234567890123456, 1e20],
  });
});

test("text that is no JSON is a SyntaxError", () => {
  for (const text of ["", "{", "{12345678901234567890:1}", "[1234567890123456789,]"]) {
    assert.throws(() => parseJsonText(text), SyntaxError);
  }
});
