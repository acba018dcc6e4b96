import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { AgentError, agentErrors } from "./errors.ts";

const sources = fileURLToPath(new URL("../../", import.meta.url));
const codes = Object.keys(agentErrors);

/** The text of every test of this package but this one, which names no code of its own. */
const tests = ["src", "test"]
  .flatMap((folder) =>
    readdirSync(join(sources, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  )
  .filter((name) => name.endsWith(".test.ts") && name !== join("src", "errors.test.ts"))
  .map((name) => readFileSync(join(sources, name), "utf8"));

describe("the agent's section of docs/reference/errors.md", () => {
  const page = readFileSync(new URL("../../../docs/reference/errors.md", import.meta.url), "utf8");
  const section = page.split(/^## /m).find((text) => text.startsWith("Agent\n")) ?? "";

  test("lists every code with its status and exit code, in the order of the table, linked to its explanation", () => {
    const rows = [...section.matchAll(/^\| \[`(\w+)`\]\(#agent-(\w+)\) \| (\d+) \| (\d+) \|$/gm)];
    assert.deepEqual(
      rows.map(([, code, anchor, status, exitCode]) => [code, anchor, Number(status), Number(exitCode)]),
      Object.entries(agentErrors).map(([code, { status, exitCode }]) => [code, code.toLowerCase(), status, exitCode]),
    );
  });

  test("explains every code in words, and no other", () => {
    const entries = section.split(/^### /m).slice(1);
    const explained = entries.map((entry) => /^Agent: `(\w+)`\n\n\S.{20}/.exec(entry)?.[1]);
    assert.deepEqual(explained, codes);
  });
});

for (const code of codes) {
  test(`${code} is expected by a test that provokes it`, () => {
    assert.ok(tests.some((text) => text.includes(`"${code}"`)));
  });
}

test("an error carries its code, its details and what caused it", () => {
  const cause = new Error("EACCES");
  const error = new AgentError("START_FAILED", "the port is taken", { cause, details: [{ port: 1883 }] });
  assert.deepEqual([error.name, error.code, error.cause], ["AgentError", "START_FAILED", cause]);
  assert.deepEqual(error.details, [{ port: 1883 }]);
  assert.equal(new AgentError("INTERNAL", "a bug").details, undefined);
});
