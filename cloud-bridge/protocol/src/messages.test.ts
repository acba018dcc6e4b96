import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { messageOf, messages, wantsAcknowledgement } from "./catalogue.ts";
import { formatEnvelope, parseEnvelope } from "./envelope.ts";
import { ProtocolError } from "./errors.ts";
import type { Message } from "./message.ts";

const stamp = { id: "4ecfe57b-8037-445f-a3ae-ff58cc852692", timestamp: 1_795_172_350_461 };
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
const words = fc.string({ minLength: 1 });
const device = { namespace: name, name };
const path = fc.record({ namespace: name, type: name, name }, { requiredKeys: ["type", "name"] });
const reportedValue = fc.record({ value: fc.string(), timestamp: fc.nat() }, { requiredKeys: ["value"] });
const entry = fc.record({ expected: reportedValue, actual: reportedValue, type: name }, { requiredKeys: [] });
const mapOf = <T>(value: fc.Arbitrary<T>) => fc.array(fc.tuple(name, value)).map((entries) => new Map(entries));
const bytes = fc.uint8Array({ maxLength: 64 });
const headers = mapOf(fc.array(fc.string()));
const answered = { parentId: words };
const members = fc.array(fc.record({ id: words, name: words, description: words }, { requiredKeys: ["id", "name"] }));
const object = fc.record({ metadata: fc.record({ name }), spec: fc.dictionary(name, fc.string()) });

/** Values of every message, by its name. */
const values: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  keepalive: fc.constant({}),
  acknowledgement: fc.record({ ...answered, resource: words }),
  refusal: fc.record({ ...answered, resource: words, reason: fc.string() }),
  control: fc.record({ operation: fc.constantFrom("ping", "pong", "config"), resource: words }),
  "control answer": fc.record({ ...answered, resource: words }),
  "twin report": fc.record({ ...device, eventId: fc.string(), timestamp: fc.nat(), twin: mapOf(entry) }),
  "state report": fc.record(
    { ...device, eventId: fc.string(), timestamp: fc.nat(), state: name, lastOnlineTime: words },
    { requiredKeys: ["namespace", "name", "eventId", "timestamp", "state"] },
  ),
  confirmation: fc.record(answered),
  "membership query": fc.constant({}),
  "authority query": fc.constant({}),
  "object change": fc.record(
    {
      operation: fc.constantFrom("insert", "update", "delete"),
      path,
      object,
      resourceVersion: words,
      origin: fc.constantFrom("devicecontroller", "edgecontroller"),
    },
    { requiredKeys: ["operation", "path", "object", "origin"] },
  ),
  "object request": fc.record({
    operation: fc.constantFrom("query", "insert", "update", "patch", "delete"),
    path,
    content: fc.oneof(fc.constant(null), fc.string(), object),
  }),
  answer: fc.record({
    ...answered,
    resource: words,
    result: fc.oneof(
      fc.record({ ok: fc.constant(true), object }),
      fc.record({ ok: fc.constant(true), text: words }),
      fc.record({ ok: fc.constant(false), reason: words, code: fc.nat(), message: words }),
    ),
  }),
  membership: fc.record({ eventId: fc.string(), timestamp: fc.nat(), added: members, removed: members }),
  "membership detail": fc.record({ timestamp: fc.nat(), devices: members }),
  "topic rule": fc.record({ operation: fc.constantFrom("subscribe", "unsubscribe"), topic: words }),
  "topic publish": fc.record({ topic: words, payload: fc.string() }),
  "topic upload": fc.record({ topic: words, payload: fc.string() }),
  "service call": fc.record({
    method: fc.constantFrom("GET", "POST", "PUT", "DELETE"),
    port: fc.integer({ min: 1, max: 65_535 }),
    path: fc.string().map((rest) => `/${rest}`),
    headers,
    body: bytes,
  }),
  "service reply": fc.record({ ...answered, status: fc.integer({ min: 100, max: 599 }), headers, body: bytes }),
  "url rule": fc.record({ operation: fc.constantFrom("start", "stop"), url: words }),
  "url call": fc.record({ url: words, request: fc.string({ unit: "grapheme" }) }),
  "url reply": fc.record({ ...answered, text: fc.string() }),
};

/** fast-check makes some objects without a prototype, JSON never does. */
const plain = (value: unknown): unknown => structuredClone(value);

test("every message of the protocol has values here", () => {
  assert.deepEqual(Object.keys(values).sort(), messages.map((message) => message.name).sort());
});

for (const message of messages as unknown as readonly Message<unknown>[]) {
  test(`${message.name}: what is written is recognised and read back`, () => {
    fc.assert(
      fc.property((values[message.name] as fc.Arbitrary<unknown>).map(plain), (value) => {
        const read = parseEnvelope(formatEnvelope(message.write(value, stamp)));
        assert.equal(messageOf(message.sender, read)?.name, message.name);
        assert.deepEqual(message.read(read), value);
        assert.deepEqual([read.header.id, read.header.timestamp], [stamp.id, stamp.timestamp]);
      }),
      { numRuns: 50 },
    );
  });

  test(`${message.name}: whatever the content is, reading gives a value or a clear error`, () => {
    const route = message.write(
      fc.sample(values[message.name] as fc.Arbitrary<unknown>, { numRuns: 1, seed: 7 })[0],
      stamp,
    );
    fc.assert(
      fc.property(fc.jsonValue(), (content) => {
        try {
          message.read({ ...route, content });
        } catch (error) {
          assert.ok(error instanceof ProtocolError, String(error));
          assert.equal(error.code, "CONTENT_INVALID");
          assert.ok(error.message.startsWith(message.name), error.message);
        }
      }),
      { numRuns: 100 },
    );
  });
}

test("a report with a null entry is read without it: CloudCore would crash", () => {
  const text = `{"header":{"msg_id":"1"},"route":{"source":"twin","group":"resource","operation":"update","resource":"device/default/a/twin/edge_updated"},
    "content":{"twin":{"x":null,"y":{"actual":{"value":"1"}}}}}`;
  const envelope = parseEnvelope(text);
  const report = messageOf("edge", envelope)?.read(envelope) as { twin: ReadonlyMap<string, unknown> };
  assert.deepEqual([...report.twin.keys()], ["y"]);
});

test("a property called __proto__ is a property like any other", () => {
  const text = `{"header":{"msg_id":"1"},"route":{"source":"twin","group":"resource","operation":"update","resource":"device/default/a/twin/edge_updated"},
    "content":{"twin":{"__proto__":{"actual":{"value":"1"}}}}}`;
  const envelope = parseEnvelope(text);
  const report = messageOf("edge", envelope)?.read(envelope) as { twin: ReadonlyMap<string, unknown> };
  assert.deepEqual([...report.twin.keys()], ["__proto__"]);
});

test("everything in group resource wants an acknowledgement, also what nobody knows", () => {
  const envelope = parseEnvelope('{"route":{"group":"resource","operation":"insert","resource":"a/b/c/d"}}');
  assert.equal(messageOf("cloud", envelope), undefined);
  assert.equal(wantsAcknowledgement(envelope), true);
});
