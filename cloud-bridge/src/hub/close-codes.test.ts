import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { closeCodes } from "./close-codes.ts";
import { defaultLimits } from "./limits.ts";

const page = readFileSync(new URL("../../../../docs/reference/cloud-hub.md", import.meta.url), "utf8");

test("docs/reference/cloud-hub.md explains every close code", () => {
  const documented = [...page.matchAll(/^\| (\d{4}) \|/gm)].map(([, code]) => Number(code));
  // 1009 is sent by the WebSocket library.
  assert.deepEqual(documented, [...Object.values(closeCodes), 1009].sort());
});

test("docs/reference/cloud-hub.md names the limits of an edge", () => {
  const { framesPerSecond, burst, queued, inFlight, bufferedBytes, frameBytes, depth } = defaultLimits;
  const words = page.replaceAll("\n", " ");
  for (const fact of [
    `${framesPerSecond} frames a second and ${burst} at once`,
    `${queued} reports and requests`,
    `${inFlight} objects sent`,
    `${bufferedBytes / 1024} KiB that it has not read`,
    `longer than ${frameBytes / 1024 / 1024} MiB`,
    `deeper than ${depth}`,
  ])
    assert.ok(words.includes(fact), fact);
});
