import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { type DeviceModel, manifestOf, modelModule, parseManifests, toV1beta1 } from "../src/index.ts";
import { arbitraryModel } from "./arbitrary-model.ts";
import { fixtures } from "./fixtures.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

test("modules look as this repository's formatter would write them", async () => {
  const folder = mkdtempSync(join(tmpdir(), "edgetwin-modules-"));
  try {
    const manifests = fixtures().filter(({ file }) => !/deploy\.yaml$|kubeedge-crds/.test(file));
    const real = await Promise.all(manifests.map(async ({ text }) => (await parseManifests(text)).resources));
    const fixed = real.map((resources) =>
      resources.map((resource) => toV1beta1(resource)).filter((resource) => resource.kind === "DeviceModel"),
    );
    const random = fc.sample(arbitraryModel, 300).map((model) => [manifestOf(model)]);
    const texts = [...fixed, ...random].map(
      (models: DeviceModel[]) => modelModule(models, { origin: "From here." }).text,
    );
    const before = new Map(texts.map((text, index) => [join(folder, `${index}.ts`), text]));
    for (const [path, text] of before) writeFileSync(path, text);
    writeFileSync(
      join(folder, "biome.json"),
      readFileSync(join(root, "biome.json"), "utf8").replace(/"vcs": \{[^}]*\},/, ""),
    );
    execFileSync(join(root, "node_modules/.bin/biome"), ["format", "--write", "."], { cwd: folder, stdio: "pipe" });
    for (const [path, text] of before) assert.equal(readFileSync(path, "utf8"), text);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
