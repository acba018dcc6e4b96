import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { didYouMean, nearest } from "./did-you-mean.ts";

test("finds what was probably meant", () => {
  const table: [string, string[], string | undefined][] = [
    ["pwoer", ["power", "fan"], "power"],
    ["Power", ["power"], "power"],
    ["adress", ["address", "table"], "address"],
    ["gree", ["red", "green", "amber"], "green"],
    ["temp", ["temperature", "humidity"], "temperature"],
    ["the temperature", ["temperature"], "temperature"],
    ["xyz", ["power", "fan"], undefined],
    ["a", ["fan"], undefined],
    ["anything", [], undefined],
    ["", ["power"], undefined],
  ];
  for (const [given, candidates, expected] of table) assert.equal(nearest(given, candidates), expected, given);
});

test("prefers the nearer of two candidates", () => {
  assert.equal(nearest("reed", ["green", "red"]), "red");
  assert.equal(nearest("holdign", ["coil", "input", "holding"]), "holding");
});

test("reads as the end of a sentence, or as nothing", () => {
  assert.equal(didYouMean("pwoer", ["power"]), '; did you mean "power"?');
  assert.equal(didYouMean("xyz", ["power"]), "");
});

test("always finds a candidate that was written exactly, and only ever names candidates", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), fc.string(), (candidates, given) => {
      const first = candidates[0] as string;
      assert.equal(nearest(first, candidates)?.toLowerCase(), first.toLowerCase());
      const found = nearest(given, candidates);
      assert.ok(found === undefined || candidates.includes(found));
    }),
  );
});

test("a name that no keyboard wrote is near nothing, whatever it is compared with", () => {
  const endless = "power".repeat(100_000);
  assert.ok(nearest(endless, [endless, "power"]) === undefined);
  assert.ok(nearest("power", [endless, "pwoer"]) === "pwoer");
});
