import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Mapper } from "@edgetwin/mapper-sdk";
import { type ContractFixture, loadCapture, mapperContract } from "@edgetwin/mapper-sdk/testing";
import { brokenDeskLamps } from "./fixtures/broken-desk-lamps.ts";
import { brokenShells } from "./fixtures/broken-shells.ts";
import { type DeskLampMethods, type deskLamp, deskLampFixture, deskLampMapper } from "./fixtures/desk-lamp.ts";

interface Suspect {
  readonly mapper?: Mapper<typeof deskLamp, DeskLampMethods>;
  readonly fixture?: ContractFixture<typeof deskLamp, DeskLampMethods>;
}

const sentencesOf = ({ mapper = deskLampMapper(), fixture = deskLampFixture }: Suspect) =>
  mapperContract(mapper, fixture);

/** Some of the flaws hang; nobody wants to wait five seconds for each to be found. */
const impatient = { ...deskLampFixture, patienceMs: 100 };

/** The sentences of the contract that the suspect breaks, each with what was said about it. */
async function brokenPromises(suspect: Suspect): Promise<Map<string, string>> {
  const broken = new Map<string, string>();
  for (const { name, run } of sentencesOf(suspect)) {
    await run().catch((error: unknown) => broken.set(name, error instanceof Error ? error.message : String(error)));
  }
  return broken;
}

describe("the mapper contract", () => {
  const caught = new Set<string>();

  test("has nothing to say about a sound mapper", async () => {
    assert.deepEqual([...(await brokenPromises({}))], []);
  });

  for (const { flaw, parts, breaks, says } of brokenDeskLamps) {
    test(`catches ${flaw}`, async () => {
      const broken = await brokenPromises({ mapper: deskLampMapper(parts), fixture: impatient });
      for (const name of broken.keys()) caught.add(name);
      const said = [...broken].map(([name, message]) => `${name}: ${message}`).join("\n");
      const found = [...broken].find(([name]) => name.includes(breaks));
      assert.ok(found, `"${breaks}" was kept; broken were:\n${said}`);
      assert.match(found[1], says);
    });
  }

  for (const { flaw, breaks, ...suspect } of brokenShells) {
    test(`catches ${flaw}`, async () => {
      const broken = await brokenPromises({ fixture: impatient, ...suspect });
      for (const name of broken.keys()) caught.add(name);
      const kept = breaks.filter((name) => !broken.has(name));
      assert.deepEqual(kept, [], `kept; broken were: ${[...broken.keys()].join("; ")}`);
    });
  }

  test("has no promise that none of these breaks", () => {
    const unbroken = sentencesOf({}).filter(({ name }) => !caught.has(name));
    assert.deepEqual(
      unbroken.map(({ name }) => name),
      ["refuses {} before touching the board"], // defineMapper itself finds a missing visitor, whatever the mapper does
    );
  });

  test("fails the run of node --test when a promise is broken", async () => {
    const file = fileURLToPath(import.meta.resolve("./fixtures/forgetful.contract.js"));
    const env = { ...process.env };
    delete env.NODE_TEST_CONTEXT; // else the child reports to this run instead of to its exit code
    const child = spawn(process.execPath, ["--test", "--test-reporter=tap", file], {
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [report, code] = await Promise.all([
      text(child.stdout),
      new Promise((resolve) => child.once("exit", resolve)),
    ]);
    assert.equal(code, 1, report);
    assert.match(report, /not ok \d+ - releases everything once, however often it is closed/);
    assert.match(report, /ok \d+ - reads every property as its model type/);
  });

  test("leaves a capture of each failed check where the environment asks for it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "edgetwin-captures-"));
    try {
      const file = fileURLToPath(import.meta.resolve("./fixtures/forgetful.contract.js"));
      const env = { ...process.env, EDGETWIN_CAPTURES: folder };
      delete (env as NodeJS.ProcessEnv).NODE_TEST_CONTEXT;
      const child = spawn(process.execPath, ["--test", "--test-reporter=tap", file], {
        env,
        stdio: ["ignore", "pipe", "inherit"],
      });
      const report = await text(child.stdout);
      const [name] = /Its capture: (\S+)/.exec(report)?.slice(1) ?? [];
      assert.ok(name, report);
      const capture = await loadCapture(name);
      assert.equal(capture.damage, undefined);
      assert.match(capture.entries.map(({ do: what }) => what).join(), /open output/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
