import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { messages } from "./catalogue.ts";
import { protocolErrors } from "./errors.ts";

const page = (name: string) => readFileSync(new URL(`../../../../docs/reference/${name}`, import.meta.url), "utf8");

test("docs/reference/cloud-protocol.md lists every message, in order", () => {
  const rows = [...page("cloud-protocol.md").matchAll(/^\| (.+) \| (edge|cloud) \| (.+) \|$/gm)];
  assert.deepEqual(
    rows.map(([, name, sender, about]) => ({ name, sender, about })),
    messages.map(({ name, sender, about }) => ({ name, sender, about })),
  );
});

test("docs/reference/errors.md explains every code of the protocol", () => {
  const section = page("errors.md").split("## Cloud protocol")[1]?.split("\n## ")[0] ?? "";
  const codes = [...section.matchAll(/^### `(\w+)`/gm)].map(([, code]) => code);
  assert.deepEqual(codes, Object.keys(protocolErrors));
});
