import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { resolverFrom } from "./resolve-package.ts";

test("paths are resolved from the directory of the configuration, packages from there or from the agent", () => {
  const resolveFrom = resolverFrom("/etc/edgetwin");
  assert.equal(resolveFrom("./mappers/pump.js"), "file:///etc/edgetwin/mappers/pump.js");
  assert.equal(resolveFrom("/opt/pump.js"), "file:///opt/pump.js");
  assert.match(resolveFrom("@edgetwin/models"), /^file:.*models/);
});

test("the path of a folder is the package in it, by its exports or its main module", () => {
  const directory = mkdtempSync(join(tmpdir(), "edgetwin-resolve-"));
  try {
    const pack = (name: string, manifest: object) => {
      mkdirSync(join(directory, name, "dist"), { recursive: true });
      writeFileSync(join(directory, name, "package.json"), JSON.stringify(manifest));
      writeFileSync(join(directory, name, "dist", "pump.js"), "");
    };
    pack("with-exports", { name: "pump", exports: { ".": "./dist/pump.js" } });
    pack("with-main", { name: "pump", main: "dist/pump.js" });
    pack("not-built", { name: "pump", exports: "./dist/other.js" });
    mkdirSync(join(directory, "no-package"));
    const resolveFrom = resolverFrom(directory);
    for (const name of ["with-exports", "with-main"])
      assert.equal(resolveFrom(`./${name}`), pathToFileURL(join(directory, name, "dist", "pump.js")).href);
    assert.throws(() => resolveFrom("./not-built"), /dist\/other\.js/);
    assert.throws(() => resolveFrom("./no-package"), /package\.json/);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
