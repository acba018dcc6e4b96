import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { newUser } from "./user.ts";

test("the guide shows the mapper that its first command makes", async () => {
  const guide = await readFile(new URL("../../../../docs/guides/write-a-mapper.md", import.meta.url), "utf8");
  const [, command = ""] = /^npm create edgetwin-mapper@latest ([\s\S]*?[^\\])\n/m.exec(guide) ?? [];
  const [, shown = ""] = /^```ts\n\/\/ greenhouse\.ts\n([\s\S]*?)^```$/m.exec(guide) ?? [];
  await using user = await newUser();
  const words = command.split(/[\s\\]+/).filter((word) => word !== "--");
  assert.equal((await user.create(...words)).code, 0);
  assert.equal(await user.read("greenhouse/src/greenhouse.ts"), shown);
});
