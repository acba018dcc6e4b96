import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { mapperContract } from "@edgetwin/mapper-sdk/testing";
import { brokenDeskLamps } from "./fixtures/broken-desk-lamps.ts";
import { deskLampFixture, deskLampMapper } from "./fixtures/desk-lamp.ts";

/** The sentences of the contract that the mapper breaks, each with what was said about it. */
async function brokenPromises(mapper: ReturnType<typeof deskLampMapper>): Promise<Map<string, string>> {
  const broken = new Map<string, string>();
  for (const { name, run } of mapperContract(mapper, { ...deskLampFixture, patienceMs: 300 })) {
    await run().catch((error: unknown) => broken.set(name, error instanceof Error ? error.message : String(error)));
  }
  return broken;
}

describe("the mapper contract", () => {
  test("has nothing to say about a sound mapper", async () => {
    assert.deepEqual([...(await brokenPromises(deskLampMapper()))], []);
  });

  for (const { flaw, parts, breaks, says } of brokenDeskLamps) {
    test(`catches ${flaw}`, async () => {
      const broken = await brokenPromises(deskLampMapper(parts));
      const said = [...broken].map(([name, message]) => `${name}: ${message}`).join("\n");
      const caught = [...broken].find(([name]) => name.includes(breaks));
      assert.ok(caught, `"${breaks}" was kept; broken were:\n${said}`);
      assert.match(caught[1], says);
    });
  }

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
});
