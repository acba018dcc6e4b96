import assert from "node:assert/strict";
import { test } from "node:test";
import { camelCase, checkName } from "./check-name.ts";
import { CreateError } from "./errors.ts";

test("a name that is that of a package, a folder and a device is taken", () => {
  for (const name of ["greenhouse", "g", "green-house-2", "a1", "switchboard"]) assert.equal(checkName(name), name);
  assert.equal(camelCase("green-house-2"), "greenHouse2");
});

const refused: readonly (readonly [name: string, says: RegExp])[] = [
  ["", /must have lower-case letters/],
  ["Green House", /must have lower-case letters.*; for example green-house$/],
  ["greenHouse", /; for example green-house$/],
  ["2nd", /begin with a letter; for example nd$/],
  ["-x", /must have/],
  ["a--b", /single "-".*for example a-b/],
  ["x-", /; for example x$/],
  ["größe", /lower-case letters/],
  ["..", /is a path/],
  [".", /is a path/],
  ["../etc", /is a path; give a name.*; for example etc$/],
  ["/tmp/greenhouse", /is a path.*; for example greenhouse$/],
  ["a\\b", /is a path/],
  ["@me/greenhouse", /is a path.*; for example greenhouse$/],
  ["class", /is a word of JavaScript; for example class-sensor$/],
  ["await", /is a word of JavaScript/],
  ["http", /is a module of Node\.js; for example http-sensor$/],
  ["emulator", /uses already; for example my-emulator$/],
  ["gpio", /is a protocol; name the mapper after its device/],
  ["x".repeat(51), /more than 50 characters/],
  ["x\u0000", /must have/],
];

for (const [name, says] of refused) {
  test(`the name ${JSON.stringify(name.slice(0, 20))} is refused with the reason and a better one`, () => {
    assert.throws(
      () => checkName(name),
      (error) => error instanceof CreateError && error.code === "NAME_INVALID" && says.test(error.message),
    );
  });
}

test("every name that is suggested would be taken", () => {
  for (const [name] of refused) {
    try {
      checkName(name);
    } catch (error) {
      const [, better] = /; for example (\S+)$/.exec((error as Error).message) ?? [];
      if (better !== undefined) assert.equal(checkName(better), better);
    }
  }
});
