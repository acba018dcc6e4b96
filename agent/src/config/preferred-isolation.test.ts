import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { parseConfig } from "./config.ts";

function withPackage(name: string, manifest: object) {
  const temporary = temporaryDirectory();
  const folder = join(temporary.path, "node_modules", name, "dist");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "index.js"), "");
  const whole = { name, exports: { ".": "./dist/index.js" }, ...manifest };
  writeFileSync(join(folder, "..", "package.json"), JSON.stringify(whole));
  const parse = (raw: object) =>
    parseConfig(raw, {
      where: "test",
      directory: temporary.path,
      paths: { stateDirectory: temporary.path, socket: join(temporary.path, "s") },
    });
  return { parse, [Symbol.dispose]: () => temporary[Symbol.dispose]() };
}

const heavy = { edgetwin: { isolation: "process" } };

test("a package that asks for a process of its own gets one, unless the configuration says otherwise", () => {
  using bench = withPackage("heavy", heavy);
  const isolationOf = (entry: unknown) => bench.parse({ mappers: [entry] }).mappers[0]?.isolation;
  assert.equal(isolationOf("heavy"), "process");
  assert.equal(isolationOf({ package: "heavy", memory: "96MiB" }), "process");
  assert.equal(isolationOf({ package: "heavy", isolation: "inline" }), "inline");
  assert.equal(isolationOf("not-there"), "inline");
  assert.equal(bench.parse({ mappers: ["heavy"], dmi: { socket: "off" } }).mappers[0]?.isolation, "inline");
});

test("a package that asks for nothing, or for nonsense, runs in the agent", () => {
  for (const manifest of [{}, { edgetwin: { isolation: "cellar" } }, { edgetwin: 7 }]) {
    using bench = withPackage("light", manifest);
    assert.equal(bench.parse({ mappers: ["light"] }).mappers[0]?.isolation, "inline");
    assert.throws(() => bench.parse({ mappers: [{ package: "light", memory: "96MiB" }] }), {
      message: /mappers\.0\.memory: is for mappers with "isolation: process" only/,
    });
  }
});
