import assert from "node:assert/strict";
import { test } from "node:test";
import { installCommands } from "../../scripts/setup.mjs";

test("an installation that runs is changed in place, so that a package that does not compile costs nothing", () => {
  const table = [
    [undefined, "lock1 115", [["ci"]]],
    ["lock1 115", "lock2 115", [["install", "--no-save"]]],
    ["lock1 115", "lock1 137", [["rebuild"]]],
    ["lock1 115", "lock2 137", [["install", "--no-save"], ["rebuild"]]],
  ];
  for (const [before, wanted, commands] of table) assert.deepEqual(installCommands(before, wanted), commands);
});
