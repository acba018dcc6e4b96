import assert from "node:assert/strict";
import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ManualClock } from "@edgetwin/mapper-sdk/testing";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { runLine } from "./support/test-command.ts";

const run = (...words: string[]) => runLine(words, { clock: new ManualClock() });

const lamp = `apiVersion: devices.kubeedge.io/v1beta1
kind: DeviceModel
metadata:
  name: lamp
  annotations: { edgetwin.io/safety: '{"failSafe":{"level":0},"interlocks":[]}' }
spec:
  protocol: gpio
  properties:
    - { name: level, type: INT, accessMode: ReadWrite, minimum: "0", maximum: "100", unit: "%" }
    - { name: hot, type: BOOLEAN, accessMode: ReadOnly }
`;

const device = `---
apiVersion: devices.kubeedge.io/v1beta1
kind: Device
metadata: { name: hall }
spec: { deviceModelRef: { name: lamp }, protocol: { protocolName: gpio } }
`;

const older = (name: string) => `apiVersion: devices.kubeedge.io/v1alpha2
kind: DeviceModel
metadata: { name: ${name} }
spec:
  properties:
    - { name: level, type: { int: { accessMode: ReadWrite, maximum: 5 } } }
`;

test("model types prints one module with the models of all files, whatever their API version", async () => {
  using folder = temporaryDirectory();
  const [first, second] = [join(folder.path, "lamp.yaml"), join(folder.path, "older.yaml")];
  writeFileSync(first, lamp + device);
  writeFileSync(second, `${older("fan")}---\n${older("pump")}`);
  const { code, out } = await run("model", "types", first, second);
  assert.equal(code, 0);
  assert.match(out, /^\/\/ Made from lamp\.yaml, older\.yaml by "edgetwin model types"/);
  assert.match(out, /level: p\.int\(\{ access: "rw", unit: "%", min: 0, max: 100 \}\)/);
  assert.deepEqual([...out.matchAll(/export const (\w+)/g)].map(([, name]) => name), ["lamp", "fan", "pump"]); // biome-ignore format: one line
});

test("model types writes a module for each file, and touches none that is up to date", async () => {
  using folder = temporaryDirectory();
  const [source, out] = [join(folder.path, "lamp.yaml"), join(folder.path, "src", "models")];
  const written = join(out, "lamp.ts");
  writeFileSync(source, lamp);
  assert.equal((await run("model", "types", source, "--out", out)).out, `${written} written\n`);
  utimesSync(written, 1, 1);
  assert.equal((await run("model", "types", source, "--out", out)).out, `${written} is up to date\n`);
  const { code, err } = await run("model", "types", source, source, "--out", out);
  assert.deepEqual([code, err.includes("would both become")], [2, true]);
});

test("--check is silent while a module fits, and fails naming the one that is missing or stale and the way to renew it", async () => {
  using folder = temporaryDirectory();
  const [source, out] = [join(folder.path, "lamp.yaml"), join(folder.path, "lamp-model.ts")];
  writeFileSync(source, lamp);
  const check = () => run("model", "types", source, "--out", out, "--check");
  const missing = await check();
  assert.equal(missing.code, 1);
  assert.ok(missing.err.includes(`${out} is missing`));
  await run("model", "types", source, "--out", out);
  assert.deepEqual(await check(), { code: 0, out: "", err: "" });
  writeFileSync(out, readFileSync(out, "utf8").replaceAll("\n", "\r\n")); // as git checks it out on Windows
  assert.equal((await check()).code, 0);
  writeFileSync(source, lamp.replace('"100"', '"50"'));
  const stale = await check();
  assert.equal(stale.code, 1);
  assert.ok(stale.err.includes(`${out} does not fit lamp.yaml any more`), stale.err);
  assert.ok(stale.err.includes(`try: edgetwin model types ${source} --out ${out}`), stale.err);
});

test("what model types cannot read is told with file, path, value and fix", async () => {
  using folder = temporaryDirectory();
  const file = join(folder.path, "lamp.yaml");
  const cases: readonly (readonly [string, RegExp])[] = [
    [device, /lamp\.yaml holds no DeviceModel; name the file that does/],
    [
      lamp.replace("INT", "INTEGER"),
      /lamp\.yaml:\d+: DeviceModel lamp: spec\.properties\[0\]\.type: .*"INTEGER".*"INT"/,
    ],
    [
      lamp.replace('"100"', '"-1"'),
      /lamp\.yaml: DeviceModel lamp: .*minimum: 0 is above the maximum -1; exchange them/,
    ],
    [lamp.replace('"level":0', '"levle":0'), /lamp\.yaml: .*failSafe\.levle: .*did you mean "level"/],
    ["a: [", /lamp\.yaml/],
  ];
  for (const [text, says] of cases) {
    writeFileSync(file, text);
    const { code, err } = await run("model", "types", file);
    assert.equal(code, 2);
    assert.match(err, says);
  }
  assert.match((await run("model", "types", join(folder.path, "none.yaml"))).err, /none\.yaml cannot be read/);
  assert.match((await run("model", "types", file, "--check")).err, /--check compares with what --out names/);
});

const moduleText = `
import { defineModel, defineProtocol, fields, p } from ${JSON.stringify(import.meta.resolve("@edgetwin/mapper-sdk"))};
export const lampModel = defineModel(
  "lamp",
  { level: p.int({ access: "rw", unit: "%", min: 0, max: 100 }), hot: p.boolean() },
  { failSafe: { level: 0 } },
);
const gpio = defineProtocol({ protocol: "gpio", visitor: fields({}), open: () => 0, read: () => 0, write() {} });
export const lamp = gpio.bind(lampModel, { level: {}, hot: {} });
export const answer = 42;
`;

test("model yaml prints each model once, with the protocol of its mapper, and what it prints makes the same module", async () => {
  using folder = temporaryDirectory();
  const [module, manifest] = [join(folder.path, "lamp.mjs"), join(folder.path, "lamp.yaml")];
  writeFileSync(module, moduleText);
  const { code, out } = await run("model", "yaml", module);
  assert.equal(code, 0);
  assert.deepEqual([...out.matchAll(/kind: DeviceModel|protocol: gpio/g)].length, 2);
  assert.doesNotMatch((await run("model", "yaml", `${module}#lampModel`)).out, /protocol/);
  writeFileSync(manifest, out);
  assert.match(
    (await run("model", "types", manifest)).out,
    /level: p\.int\(\{ access: "rw", unit: "%", min: 0, max: 100 \}\)/,
  );
});

test("model yaml --check accepts a manifest that says the same in other words, and names every difference of one that does not", async () => {
  using folder = temporaryDirectory();
  const [module, manifest] = [join(folder.path, "lamp.mjs"), join(folder.path, "lamp.yaml")];
  writeFileSync(module, moduleText);
  writeFileSync(manifest, `# ours\n${lamp}${device}`);
  assert.deepEqual(await run("model", "yaml", module, "--check", manifest), { code: 0, out: "", err: "" });
  writeFileSync(manifest, lamp.replace('"100"', '"50"').replace("name: hot", "name: warm"));
  const { code, err } = await run("model", "yaml", module, "--check", manifest);
  assert.equal(code, 1);
  assert.match(err, /properties\["level"\]\.maximum: "50" there, "100" in the module/);
  assert.match(err, /properties\["warm"\]\.name: "warm" there, nothing in the module/);
  assert.match(err, /properties\["hot"\]\.type: nothing there, "BOOLEAN" in the module/);
  writeFileSync(manifest, older("fan"));
  assert.match((await run("model", "yaml", module, "--check", manifest)).err, /DeviceModel lamp is missing/);
});

test("model yaml --check names a device whose properties are not those of the module any more", async () => {
  using folder = temporaryDirectory();
  const [module, manifest] = [join(folder.path, "lamp.mjs"), join(folder.path, "lamp.yaml")];
  writeFileSync(module, moduleText.replaceAll("level", "brightness"));
  const renamed = lamp.replaceAll("level", "brightness");
  const properties = "properties: [{ name: level, visitors: { protocolName: gpio } }] }";
  writeFileSync(manifest, `${renamed}${device.replace(/ }\n$/, `, ${properties}\n`)}`);
  const { code, err } = await run("model", "yaml", module, "--check", manifest);
  assert.equal(code, 1);
  assert.match(err, /Device [\w-]+: .*has no property "level"/);
  writeFileSync(manifest, renamed);
  assert.equal((await run("model", "yaml", module, "--check", manifest)).code, 0);
});

test("a module that cannot be used says why and what to do", async () => {
  using folder = temporaryDirectory();
  const path = (name: string) => join(folder.path, name);
  writeFileSync(path("lamp.mjs"), moduleText);
  writeFileSync(path("broken.mjs"), "throw new Error('no such bus')");
  writeFileSync(path("syntax.mjs"), "const = 1");
  writeFileSync(path("empty.mjs"), "export const answer = 42;");
  const cases: readonly (readonly [string, RegExp])[] = [
    [path("lamp.mjs#lanp"), /names the export lanp, which is not there; did you mean "lamp"/],
    [path("lamp.mjs#answer"), /names the export answer, which is neither a model nor a mapper/],
    [path("broken.mjs"), /does not load: it failed while it was loaded: no such bus/],
    [path("syntax.mjs"), /does not load: it is not JavaScript/],
    [path("empty.mjs"), /exports neither a model \(defineModel\) nor a mapper/],
    [path("none.mjs"), /does not load: there is no such file/],
    ["no-such-package", /does not load: it is not installed/],
  ];
  for (const [module, says] of cases) {
    const { code, err } = await run("model", "yaml", module);
    assert.equal(code, 2, module);
    assert.match(err, says);
  }
});
