import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { DeviceTwin, PropertyTwin } from "../twin/types.ts";
import { parseRequest } from "./request.ts";
import { parseTwinUpdate } from "./update-request.ts";

const red: PropertyTwin = {
  name: "red",
  type: "STRING",
  optional: false,
  lastVersion: 0,
  appliedVersion: 0,
  causes: 0,
};
const device: DeviceTwin = {
  id: "default/light",
  uid: "1",
  shape: { properties: new Map(), served: false },
  twins: new Map([["red", red]]),
  health: { state: "unknown", at: 0 },
};

test("sides become desired and reported values, an empty expected value clears, null withdraws", () => {
  const update = parseTwinUpdate(
    {
      red: {
        expected: { value: "ON" },
        actual: { value: "OFF", metadata: { timestamp: 5 } },
        metadata: { type: "Updated" },
      },
      level: { actual: { value: "5" }, metadata: { type: "int" } },
      note: { expected: { value: "" } },
      gone: null,
    },
    device,
  );
  assert.ok(!("code" in update));
  assert.deepEqual(update.names, ["red", "level", "note", "gone"]);
  assert.deepEqual({ ...update.desired }, { red: { text: "ON" }, note: null });
  assert.deepEqual({ ...update.reported }, { red: { raw: { text: "OFF" } }, level: { raw: { text: "5" } } });
  assert.deepEqual({ ...update.announced }, { level: "INT", note: "STRING" });
  assert.deepEqual(update.withdrawn, ["gone"]);
});

test("sides without a value say nothing", () => {
  for (const side of [{}, null, { value: null }, { metadata: {} }]) {
    const update = parseTwinUpdate({ red: { expected: side, actual: side } }, device);
    assert.deepEqual(update, { names: ["red"] });
  }
});

test("whatever JSON comes, the answer is an update or an error that names a fix, never a throw", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const update = parseTwinUpdate(value, device);
      if ("code" in update) assert.ok(update.code === 400 && update.reason.length > 10);
      else assert.deepEqual(update.names, Object.keys(value as object));
    }),
  );
});

test("whatever bytes come, the answer is a request or an error", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
      ),
      (payload) => {
        const request = parseRequest(payload);
        if ("code" in request) assert.equal(request.code, 400);
        else assert.equal(typeof request.eventId, "string");
      },
    ),
  );
});

test("a long payload is not repeated in the reason", () => {
  const request = parseRequest(Buffer.from(JSON.stringify({ event_id: "x".repeat(10_000) })));
  assert.ok("code" in request && request.reason.length < 200);
  const update = parseTwinUpdate({ red: { actual: "x".repeat(10_000) } }, device);
  assert.ok("code" in update && update.reason.length < 200);
});
