import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { silentLog, systemClock } from "@edgetwin/mapper-sdk";
import { parseCommandLine } from "@edgetwin/program/command-line";
import { startBridge } from "../../src/bridge/bridge.ts";
import { grammar } from "../../src/cli/grammar.ts";
import { parseConfig, sections, topLevel } from "../../src/config/config.ts";
import { bridgeReference } from "./command-reference.ts";

const workspace = fileURLToPath(new URL("../../../../", import.meta.url));
const page = (name: string) => readFileSync(join(workspace, "docs", "reference", name), "utf8");

test("docs/reference/bridge-command.md is what the table of commands says", () => {
  assert.equal(page("bridge-command.md"), bridgeReference());
});

test("docs/reference/bridge-configuration.md explains every setting, and no other", () => {
  const documented = [...page("bridge-configuration.md").matchAll(/^\| `([\w.]+)` \|/gm)].map(([, name]) => name);
  const ofSections = Object.entries(sections).flatMap(([section, shape]) =>
    Object.keys(shape).map((name) => `${section}.${name}`),
  );
  assert.deepEqual(documented.sort(), [...Object.keys(topLevel), ...ofSections].sort());
});

test("docs/reference/bridge-metrics.md lists exactly the metrics that a bridge answers, with type and labels", async () => {
  const directory = mkdtempSync(join(tmpdir(), "edgetwin-bridge-"));
  try {
    const anyPort = { port: 0 };
    const settings = { edges: { ...anyPort, certificatePort: 0 }, api: anyPort, operations: anyPort };
    const config = parseConfig(settings, { where: "test", directory, stateDirectory: join(directory, "state") });
    const { signal } = new AbortController();
    await using bridge = await startBridge(config, { clock: systemClock, log: silentLog, signal });
    const at = `http://127.0.0.1:${bridge.ports.operations}`;
    const text = await (await fetch(`${at}/metrics`)).text();
    const answered = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", type = ""]) => {
      const labels = [...text.matchAll(new RegExp(`^${name}\\{(.*)\\} `, "gm"))].flatMap(([, inner = ""]) =>
        [...inner.matchAll(/(\w+)="/g)].map(([, label]) => `\`${label}\``),
      );
      return [name, type, [...new Set(labels)].join(", ")].join(" | ");
    });
    const documented = [...page("bridge-metrics.md").matchAll(/^\| `(\w+)` \| (\w+) \|(.*?)\|/gm)].map(
      ([, name, type, labels = ""]) => [name, type, labels.trim()].join(" | "),
    );
    assert.deepEqual(documented.sort(), answered.sort());
    const [health, ready] = await Promise.all([fetch(`${at}/healthz`), fetch(`${at}/readyz`)]);
    assert.deepEqual([health.status, ready.status], [200, 200]);
    assert.match(await ready.text(), /ok {3}edges: they may connect/);
    assert.equal((await fetch(`${at}/metrics`, { method: "POST" })).status, 405);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test("every command line of edgetwin-bridge in the documentation is one that it understands", () => {
  const files = readdirSync(join(workspace, "docs"), { recursive: true, encoding: "utf8" }).map(
    (file) => `docs/${file}`,
  );
  let checked = 0;
  for (const file of [...files.filter((name) => name.endsWith(".md")), "README.md", "cloud-bridge/README.md"]) {
    const text = readFileSync(join(workspace, file), "utf8");
    for (const [, block = ""] of text.matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)) {
      for (const [, words = ""] of block.matchAll(/(?:^|\s|\()edgetwin-bridge ([^\n)>|]*)/g)) {
        parseCommandLine(words.trim().split(/\s+/), grammar);
        checked += 1;
      }
    }
  }
  assert.ok(checked > 5);
});
