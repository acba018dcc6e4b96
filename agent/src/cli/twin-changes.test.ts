import assert from "node:assert/strict";
import { test } from "node:test";
import type { TwinJson } from "../api/twin-json.ts";
import { changesOfTwin } from "./twin-changes.ts";

const at = "2026-01-01T00:00:00.000Z";
const by = { door: "rest", actor: "eva" } as const;
const empty: TwinJson = { propertyName: "red", type: "STRING", access: "rw", version: 0, appliedVersion: 0 };
const pending: TwinJson = { ...empty, desired: { value: "ON", version: 1, at, by }, phase: "pending", version: 1 };
const reported = { value: "ON", version: 1, at, ageMs: 5, source: "mapper gpio", quality: "good" } as const;

test("tells what happened between two sights of a property, in order", () => {
  const cases: readonly [string, TwinJson | undefined, TwinJson, readonly string[]][] = [
    ["nothing yet", undefined, empty, []],
    ["a new desired value", empty, pending, ['desired "ON" (version 1) by eva (rest)']],
    ["seen late", empty, { ...pending, phase: "applied" }, ['desired "ON" (version 1) by eva (rest)', "applied"]],
    ["the next phase", pending, { ...pending, phase: "applying" }, ["applying"]],
    ["a reason", pending, { ...pending, reason: "the device is away" }, ["pending: the device is away"]],
    [
      "another reason",
      { ...pending, phase: "failed", reason: "a" },
      { ...pending, phase: "failed", reason: "b" },
      ["failed: b"],
    ],
    ["withdrawn", pending, { ...empty, version: 2 }, ["desired value withdrawn"]],
    ["a report", pending, { ...pending, reported }, ['reported "ON"']],
    [
      "a doubtful report",
      empty,
      { ...empty, reported: { ...reported, quality: "bad", reason: "CRC" } },
      ['reported "ON" (bad: CRC)'],
    ],
    [
      "quality alone",
      { ...empty, reported },
      { ...empty, reported: { ...reported, quality: "stale" } },
      ["quality stale"],
    ],
    ["age alone", { ...empty, reported }, { ...empty, reported: { ...reported, ageMs: 9_000 } }, []],
    [
      "with its unit",
      { ...empty, unit: "W" },
      { ...empty, unit: "W", reported: { ...reported, value: 4.5 } },
      ["reported 4.5 W"],
    ],
  ];
  for (const [what, before, after, lines] of cases) assert.deepEqual(changesOfTwin(before, after), lines, what);
});
