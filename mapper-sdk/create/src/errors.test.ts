import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createErrors } from "./errors.ts";

const sources = fileURLToPath(new URL("../../src/", import.meta.url));
const page = readFileSync(new URL("../../../../docs/reference/errors.md", import.meta.url), "utf8");

test("docs/reference/errors.md explains every code of this package, and no other", () => {
  const section = page.split(/^## /m).find((text) => text.startsWith("New mappers\n")) ?? "";
  const explained = [...section.matchAll(/^### New mappers: `(\w+)`\n\n\S.{20}/gm)].map(([, code]) => code);
  assert.deepEqual(explained, Object.keys(createErrors));
});

test("every code is expected by a test that provokes it", () => {
  const tests = readdirSync(sources)
    .filter((name) => name.endsWith(".test.ts") && name !== "errors.test.ts")
    .map((name) => readFileSync(`${sources}${name}`, "utf8"));
  for (const code of Object.keys(createErrors))
    assert.ok(
      tests.some((text) => text.includes(`"${code}"`)),
      code,
    );
});
