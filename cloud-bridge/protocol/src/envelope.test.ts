import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Envelope, formatEnvelope, parseEnvelope } from "./envelope.ts";
import { ProtocolError } from "./errors.ts";

const filled = fc.string({ minLength: 1 });
const envelopes: fc.Arbitrary<Envelope> = fc.record({
  header: fc.record(
    { id: filled, timestamp: fc.nat(), parentId: filled, resourceVersion: filled },
    { requiredKeys: ["id", "timestamp"] },
  ),
  route: fc.record({ source: fc.string(), group: fc.string(), operation: fc.string(), resource: fc.string() }),
  content: fc.oneof(fc.constant(null), fc.string(), fc.boolean(), fc.dictionary(filled, fc.string())),
});

test("a message survives the wire", () => {
  fc.assert(
    fc.property(envelopes, (envelope) => {
      const text = formatEnvelope(envelope);
      const read = JSON.parse(JSON.stringify(parseEnvelope(text)));
      assert.deepEqual(read, JSON.parse(JSON.stringify(envelope)));
      assert.ok(text.endsWith("\n") && !text.slice(0, -1).includes("\n"));
    }),
  );
});

test("an integer beyond 2^53 stays exact on its way", () => {
  const text = '{"header":{"msg_id":"1"},"route":{},"content":{"spec":{"offset":9007199254740993}}}';
  const read = parseEnvelope(text);
  assert.deepEqual(read.content, { spec: { offset: 9007199254740993n } });
  assert.match(formatEnvelope(read), /"offset":9007199254740993\}/);
});

test("keys that are missing or unknown are no reason to refuse a message", () => {
  const read = parseEnvelope('{"route":{"operation":"keepalive","destination":"x"},"color":"red"}');
  assert.deepEqual(read, {
    header: { id: "", timestamp: 0 },
    route: { source: "", group: "", operation: "keepalive", resource: "" },
    content: null,
  });
});

const broken: readonly [string, string, RegExp][] = [
  ["cut off", '{"header":{', /not JSON/],
  ["a list", "[1]", /expected a JSON object/],
  ["nothing", "", /not JSON/],
  ["a header that is a text", '{"header":"x"}', /header: expected an object, got x/],
  ["a route with a number", '{"route":{"group":7}}', /group: expected a text, got 7/],
];
for (const [what, text, message] of broken) {
  test(`says what is wrong with a message that is ${what}`, () => {
    assert.throws(
      () => parseEnvelope(text),
      (error) => {
        assert.ok(error instanceof ProtocolError);
        assert.equal(error.code, "FRAME_INVALID");
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test("an error shows no more than the beginning of what was sent", () => {
  const secret = "x".repeat(5000);
  assert.throws(
    () => parseEnvelope(`{"header":${JSON.stringify(secret)}}`),
    (error) => error instanceof Error && error.message.length < 200,
  );
});
