import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { recordings } from "@edgetwin/cloud-protocol/testing";
import { acceptedDifferences } from "./replay/accepted-differences.ts";
import { differences } from "./replay/compare-sessions.ts";
import { type Replayed, replay } from "./replay/replay-session.ts";

/** Recordings that belong together, in their order: one goes on with the objects of the one before. */
const chains: readonly (readonly string[])[] = [
  ["cloudcore-session-connect"],
  ["cloudcore-session-node"],
  ["cloudcore-session-refused"],
  ["cloudcore-session-second-connection"],
  ["cloudcore-session-configmap-secret"],
  ["cloudcore-session-no-ack"],
  ["cloudcore-session-offline"],
  [
    "cloudcore-session-device-create",
    "cloudcore-session-device-desired",
    "cloudcore-session-device-property-added",
    "cloudcore-session-model-change",
    "cloudcore-session-device-moved",
    "cloudcore-session-device-delete",
  ],
  ["cloudcore-session-twin-reports", "cloudcore-session-state-reports"],
  ["cloudcore-session-rules"],
  ["edgecore-cloudcore", "edgecore-cloudcore-delete"],
];

const used = new Set<string>();

/** Differences of a session that nothing accepts. */
function unaccepted(name: string, replayed: Replayed): readonly string[] {
  return differences(replayed)
    .map((line) => `${name}: ${line}`)
    .filter((line) => {
      const accepted = acceptedDifferences.find(({ pattern }) => pattern.test(line));
      if (accepted) used.add(accepted.title);
      return accepted === undefined;
    });
}

for (const chain of chains)
  test(`the hub says in ${chain.join(", ")} what CloudCore said, but for accepted differences`, async () => {
    for (const [name, replayed] of await replay(chain)) {
      assert.deepEqual(unaccepted(name, replayed), []);
      assert.ok(replayed.recorded.length === 0 || replayed.ours.length > 0);
    }
  });

test("every recorded session is replayed; the join has its own test", async () => {
  const replayed = [...chains.flat(), "cloudcore-session-join"].sort();
  assert.deepEqual(replayed, [...(await recordings())]);
});

test("every accepted difference occurs, and docs/reference/cloud-hub.md explains it", () => {
  const page = readFileSync(new URL("../../../docs/reference/cloud-hub.md", import.meta.url), "utf8");
  const section = page.split(/^## /m).find((text) => text.startsWith("Differences from CloudCore\n")) ?? "";
  const rows = [...section.matchAll(/^\| (?!---|difference)([^|]+) \|/gm)].map(([, title]) => title);
  const titles = acceptedDifferences.map(({ title }) => title);
  assert.deepEqual([...used].sort(), [...titles].sort());
  assert.deepEqual(rows, titles);
});
