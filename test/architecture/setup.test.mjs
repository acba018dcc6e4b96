import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { installCommands, root } from "../../scripts/setup.mjs";

test("an installation that runs is changed in place, so that a package that does not compile costs nothing", () => {
  const table = [
    [undefined, "lock1 115", [["ci"]]],
    ["lock1 115", "lock2 115", [["install", "--no-save"]]],
    ["lock1 115", "lock1 137", [["rebuild"]]],
    ["lock1 115", "lock2 137", [["install", "--no-save"], ["rebuild"]]],
  ];
  for (const [before, wanted, commands] of table) assert.deepEqual(installCommands(before, wanted), commands);
});

test("every package with a script that runs when it is installed is approved in package.json, so that no npm leaves it out", () => {
  const read = (name) => JSON.parse(readFileSync(join(root, name), "utf8"));
  const { allowScripts } = read("package.json");
  const scripted = Object.entries(read("package-lock.json").packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path, { name }]) => name ?? path.replace(/^.*node_modules\//, ""));
  const missing = [...new Set(scripted)].filter((name) => !(name in allowScripts));
  assert.deepEqual(missing, [], "npm install-scripts approve NAME, once you have looked at what the script does");
});
