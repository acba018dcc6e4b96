import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildC, sourcePath } from "./build-c.ts";

const require = createRequire(import.meta.url);
const original = dirname(require.resolve("pigpio/package.json"));
const dependency = (name: string) =>
  dirname(createRequire(join(original, "package.json")).resolve(`${name}/package.json`));
let folder = "";

/** A copy of the npm package whose add-on is built, from its own source, against the library in `fake-pigpio`. */
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "edgetwin-pigpio-"));
  const copy = join(folder, "node_modules", "pigpio");
  await mkdir(join(copy, "build", "Release"), { recursive: true });
  for (const file of ["package.json", "pigpio.js"]) await copyFile(join(original, file), join(copy, file));
  await symlink(dependency("bindings"), join(folder, "node_modules", "bindings"));
  const header = `-I${sourcePath("fake-pigpio")}`;
  await buildC({
    source: "fake-pigpio/fake-pigpio.c",
    output: join(folder, "libpigpio.so.1"),
    needs: "libc6-dev",
    flags: [header, "-shared", "-fPIC", "-Wl,-soname,libpigpio.so.1", "-lpthread"],
  });
  await buildC({
    source: join(original, "src", "pigpio.cc"),
    output: join(copy, "build", "Release", "pigpio.node"),
    needs: "libnode-dev (or Node's own headers in its include folder)",
    compiler: "c++",
    flags: [
      ...[header, `-I${nodeHeaders()}`, `-I${dependency("nan")}`, "-DNODE_GYP_MODULE_NAME=pigpio"],
      ...["-std=gnu++20", "-shared", "-fPIC", "-w", "-Wl,-z,lazy", join(folder, "libpigpio.so.1")],
    ],
  });
});

after(() => rm(folder, { recursive: true, force: true }));

/** Node ships its headers beside its executable, in packages and archives alike. */
const nodeHeaders = () => join(dirname(dirname(process.execPath)), "include", "node");

async function runInside(name: string, environment: Readonly<Record<string, string>>): Promise<string> {
  const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
  const file = fileURLToPath(new URL(`inside/${name}.js`, import.meta.url));
  const child = spawn(process.execPath, [file], {
    env: {
      ...inherited,
      LD_LIBRARY_PATH: folder,
      PIGPIO_FROM: pathToFileURL(join(folder, "x.js")).href,
      ...environment,
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const [code] = await once(child, "close");
  assert.equal(code, 0, output);
  return output;
}

test("the real add-on drives lines, alerts and PWM", { timeout: 120_000 }, async () => {
  assert.match(await runInside("pigpio-addon", {}), /pass 5/);
});

test("a library that does not start is refused with what it needs", { timeout: 60_000 }, async () => {
  const output = await runInside("pigpio-refuses", {
    FAKE_PIGPIO_FAILS: "1",
    EXPECTED: "needs root, a Pi up to the 4",
  });
  assert.match(output, /pass 1/);
});

test("an add-on built without the library is refused quietly with how to build it", { timeout: 60_000 }, async () => {
  const emptied = join(folder, "empty", "node_modules", "pigpio", "build", "Release");
  await mkdir(emptied, { recursive: true });
  for (const file of ["package.json", "pigpio.js"]) {
    await copyFile(join(original, file), join(folder, "empty", "node_modules", "pigpio", file));
  }
  await symlink(dependency("bindings"), join(folder, "empty", "node_modules", "bindings"));
  await buildC({
    source: "fake-pigpio/empty-addon.c",
    output: join(emptied, "pigpio.node"),
    needs: "libc6-dev",
    flags: ["-shared", "-fPIC"],
  });
  const from = pathToFileURL(join(folder, "empty", "x.js")).href;
  const output = await runInside("pigpio-refuses", { PIGPIO_FROM: from, EXPECTED: "npm rebuild pigpio" });
  assert.match(output, /pass 1/);
  assert.doesNotMatch(output, /C library can't be loaded/);
});
