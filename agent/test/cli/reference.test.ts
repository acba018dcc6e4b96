import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { commands } from "../../src/cli/commands.ts";
import { exitCodeMeanings, exitCodes } from "../../src/cli/exit-codes.ts";
import { commandReference } from "./support/command-reference.ts";
import { commandBench } from "./support/test-command.ts";

test("docs/reference/command.md says what the table of commands says", () => {
  const page = readFileSync(new URL("../../../../docs/reference/command.md", import.meta.url), "utf8");
  const fix = "run: node agent/dist/test/cli/support/write-command-reference.js";
  assert.equal(page, commandReference(), fix);
});

test("every exit code of the error table is explained, and only those, besides 0", () => {
  const explained = Object.keys(exitCodeMeanings).map(Number);
  assert.deepEqual(
    explained.filter((code) => code !== 0),
    [...exitCodes().keys()],
  );
});

test("every command has help with its usage and an example that parses, and loads", async () => {
  await using bench = await commandBench();
  for (const { name, examples, load } of commands) {
    const asked = await bench.run(`help ${name}`);
    assert.equal(asked.code, 0, name);
    assert.ok(asked.out.startsWith(`Usage: edgetwin ${name}`));
    assert.equal((await bench.run(`${name} --help`)).out, asked.out);
    assert.ok(examples.length > 0, name);
    assert.equal(typeof (await load()).run, "function", name);
  }
});
