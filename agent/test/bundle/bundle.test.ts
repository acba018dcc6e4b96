import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { RealAgent } from "../support/real-agent.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
let folder = "";
let command = "";

before(async () => {
  // Inside the workspace, so that add-ons, which stay outside of the bundle, are found above it.
  mkdirSync(join(root, "dist"), { recursive: true });
  folder = mkdtempSync(join(root, "dist", "bundle-"));
  const script: { bundle(folder: string): Promise<unknown> } = await import(join(root, "scripts/bundle/bundle.mjs"));
  await script.bundle(folder);
  command = join(folder, "node_modules", "@edgetwin", "agent", "bin", "edgetwin.js");
});
after(() => rmSync(folder, { recursive: true, force: true }));

for (const isolation of ["inline", "process"]) {
  test(`the bundled agent keeps twins and switches lamps through a mapper that runs ${isolation}`, async () => {
    const mappers = [{ package: "@edgetwin/mapper-gpio", isolation }];
    await using agent = new RealAgent(0, { bus: { broker: "off" }, mappers }, command);
    await agent.start();
    const socket = join(agent.directory, "edgetwin.sock");
    const set = ["set", "lamps-01", "left=true", "--wait", "--socket", socket];
    const { stdout } = await promisify(execFile)(process.execPath, [command, ...set]);
    assert.match(stdout, /left.*verified/, agent.log);
  });
}

test("the bundle names what it contains with its licence, and what has to be installed beside it", () => {
  const licences = readFileSync(join(folder, "LICENSES.txt"), "utf8");
  for (const name of ["aedes", "yaml", "mqtt-packet"]) assert.match(licences, new RegExp(`^${name} \\d`, "m"));
  assert.doesNotMatch(licences, /brings no licence text/);
  const { dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  assert.ok("better-sqlite3" in dependencies && "koffi" in dependencies);
  assert.ok(!("aedes" in dependencies) && !("@edgetwin/mapper-sdk" in dependencies));
});
