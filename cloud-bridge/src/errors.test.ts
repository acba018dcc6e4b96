import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { BridgeError, bridgeErrors } from "./errors.ts";

test("docs/reference/errors.md explains every code of the bridge", () => {
  const page = readFileSync(new URL("../../../docs/reference/errors.md", import.meta.url), "utf8");
  const section = page.split(/^## /m).find((text) => text.startsWith("Cloud bridge\n")) ?? "";
  const codes = [...section.matchAll(/^### Cloud bridge: `(\w+)`/gm)].map(([, code]) => code);
  assert.deepEqual(codes, Object.keys(bridgeErrors));
});

test("a failure of the Kubernetes API keeps its status, its reason and its cause", () => {
  const cause = new Error("409");
  const error = new BridgeError("KUBERNETES", "the object changed", { status: 409, reason: "Conflict", cause });
  assert.deepEqual([error.code, error.status, error.reason, error.cause], ["KUBERNETES", 409, "Conflict", cause]);
});
