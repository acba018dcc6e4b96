import assert from "node:assert/strict";
import { test } from "node:test";
import { table } from "@edgetwin/program/command-line";
import { parseAssignments } from "./assignments.ts";
import { causeText } from "./cause-text.ts";
import { age } from "./human-time.ts";

test("ages are shown in their largest sensible unit and are never negative", () => {
  const cases: readonly [number, string][] = [
    [-5_000, "0s"],
    [999, "0s"],
    [12_000, "12s"],
    [119_999, "119s"],
    [180_000, "3m"],
    [3 * 3_600_000, "3h"],
    [50 * 3_600_000, "2d"],
  ];
  for (const [ms, text] of cases) assert.equal(age(ms), text);
});

test("columns line up whatever colours and letters their cells have", () => {
  assert.deepEqual(
    table(
      ["A", "B"],
      [
        ["\u001b[32mgrün\u001b[0m", "1"],
        ["x", "2"],
      ],
    ),
    ["A      B", "\u001b[32mgrün\u001b[0m   1", "x      2"],
  );
});

test("assignments keep everything behind the first equals sign, and a minus withdraws", () => {
  assert.deepEqual(parseAssignments(["a=1", "b=", "c=x=y", "d-"], "lamp"), { a: "1", b: "", c: "x=y", d: null });
  assert.deepEqual(Object.entries(parseAssignments(["__proto__=1"], "lamp")), [["__proto__", "1"]]);
  for (const words of [["red"], ["=ON"], ["-"], ["a=1", "a=2"], [""]]) {
    assert.throws(() => parseAssignments(words, "lamp"), {
      code: "REQUEST_INVALID",
      message: /try: edgetwin set lamp/,
    });
  }
});

test("every kind of cause is a sentence of its own", () => {
  const by = { door: "mqtt", actor: "client 7" } as const;
  const base = { seq: 0, at: "2026-01-01T00:00:00.000Z", by, version: 2, value: "ON", reason: "no power" };
  const kinds = [
    "desired",
    "cleared",
    "refused",
    "applying",
    "applied",
    "verified",
    "rejected",
    "failed",
    "drifted",
  ] as const;
  const sentences = kinds.map((what) => causeText({ ...base, what }));
  assert.equal(new Set(sentences).size, kinds.length);
  assert.equal(sentences[0], 'client 7 (over MQTT) set it to "ON", version 2');
  assert.equal(sentences[2], "client 7 (over MQTT) was refused: no power");
  assert.equal(sentences[7], "Version 2 could not be written: no power; the agent tries again");
});
