import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { CreateError, type CreateErrorCode } from "./errors.ts";
import { type MapperRequest, newMapper } from "./new-mapper.ts";

/** An empty folder, and what happens in it. */
function place() {
  const directory = mkdtempSync(join(tmpdir(), "edgetwin-create-"));
  const notes: string[] = [];
  const world = { directory, ask: undefined, note: (text: string) => void notes.push(text) };
  return {
    directory,
    notes,
    make: (request: MapperRequest) => newMapper(request, world),
    read: (path: string) => readFileSync(join(directory, path), "utf8"),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

async function refusal(made: Promise<unknown>, code: CreateErrorCode): Promise<string> {
  const error = await made.then(
    () => assert.fail("it was accepted"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof CreateError && error.code === code, String(error));
  return error.message;
}

const properties = ["temperature:float:r:°C", "target:float:rw:°C", "heating:boolean:r"];

for (const protocol of ["custom", "gpio", "i2c", "modbus"]) {
  test(`a new ${protocol} mapper is fewer than ten files, with about 40 lines of mapper`, async () => {
    using here = place();
    const given = protocol !== "custom" ? { yes: true } : { properties };
    const { files } = await here.make({ name: "green-house", protocol, ...given });
    assert.ok(files.length < 10);
    assert.deepEqual(
      readdirSync(join(here.directory, "green-house"), { recursive: true, encoding: "utf8" })
        .filter((path) => path.includes("."))
        .sort(),
      [...files].sort(),
    );
    assert.ok(here.read("green-house/src/green-house.ts").split("\n").length <= 45);
    assert.ok(here.read("green-house/src/emulator.ts").split("\n").length <= 45);
    assert.deepEqual(readdirSync(here.directory), ["green-house"]);
  });
}

test("its package.json asks for published packages of ours, and for what compiles it", async () => {
  using here = place();
  await here.make({ name: "porch", protocol: "gpio", yes: true });
  const { name, type, dependencies, devDependencies } = JSON.parse(here.read("porch/package.json"));
  assert.deepEqual([name, type], ["porch", "module"]);
  assert.deepEqual(dependencies, { "@edgetwin/mapper-sdk": "^0.1.0", "@edgetwin/mapper-gpio": "^0.1.0" });
  const tools = ["@edgetwin/agent", "@edgetwin/board-rpi4", "@types/node", "typescript"];
  assert.deepEqual(Object.keys(devDependencies), tools);
});

test("an empty folder is used, any other is left alone", async () => {
  using here = place();
  mkdirSync(join(here.directory, "porch"));
  await here.make({ name: "porch", yes: true });
  assert.match(await refusal(here.make({ name: "porch", yes: true }), "FOLDER_UNUSABLE"), /porch is not empty/);
  writeFileSync(join(here.directory, "shed"), "");
  assert.match(await refusal(here.make({ name: "shed", yes: true }), "FOLDER_UNUSABLE"), /is a file/);
});

const manifest = (name: string, property = "{ name: flow rate, type: INT, accessMode: ReadWrite, maximum: '5' }") => `
apiVersion: devices.kubeedge.io/v1beta1
kind: DeviceModel
metadata: { name: ${name} }
spec: { properties: [${property}, { name: camera, type: STREAM, accessMode: ReadOnly }] }
`;

test("a model comes from a manifest, with names that are no identifiers and a note about what is left out", async () => {
  using here = place();
  const file = join(here.directory, "pump.yaml");
  writeFileSync(file, `${manifest("pump")}---${manifest("fan")}`);
  assert.match(
    await refusal(here.make({ name: "x", model: file, yes: true }), "MODEL_INVALID"),
    /several models: pump, fan/,
  );
  assert.match(
    await refusal(here.make({ name: "x", model: `${file}#pmup`, yes: true }), "MODEL_INVALID"),
    /no DeviceModel pmup, but pump, fan; did you mean "pump"/,
  );
  await here.make({ name: "well", model: `${file}#pump`, yes: true });
  assert.match(
    here.read("well/src/well.ts"),
    /defineModel\("pump", \{\n {2}"flow rate": p\.int\(\{ access: "rw", max: 5 \}\),/,
  );
  assert.match(here.notes.join("\n"), /"camera" is of type STREAM/);
});

test("a manifest that cannot be used is told with file, place and reason, and nothing is left behind", async () => {
  using here = place();
  const file = join(here.directory, "pump.yaml");
  const make = (text: string) => {
    writeFileSync(file, text);
    return refusal(here.make({ name: "x", model: file, yes: true }), "MODEL_INVALID");
  };
  assert.match(await make("a: ["), /pump\.yaml/);
  assert.match(
    await make(manifest("pump", "{ name: a, type: INTEGER, accessMode: ReadOnly }")),
    /pump\.yaml:\d+: .*"INTEGER"/,
  );
  assert.match(await make("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }"), /pump\.yaml holds no DeviceModel/);
  assert.match(await make(manifest("pump", "{ name: a, type: INT, accessMode: ReadOnly, minimum: '5', maximum: '1' }")), /pump\.yaml: .*above the maximum/); // biome-ignore format: one case
  const missing = here.make({ name: "x", model: join(here.directory, "none.yaml"), yes: true });
  assert.match(await refusal(missing, "MODEL_INVALID"), /none\.yaml cannot be read/);
  const streams = "{ name: a, type: STREAM, accessMode: ReadOnly }";
  writeFileSync(file, manifest("pump", streams));
  assert.match(await refusal(here.make({ name: "x", model: file, yes: true }), "PROPERTY_INVALID"), /has no property/);
  assert.deepEqual(readdirSync(here.directory), ["pump.yaml"]);
});

test("more registers than a chip can name are refused with the property and the way out", async () => {
  using here = place();
  const properties = [Array.from({ length: 33 }, (_, index) => `d${index}:double:r`).join(",")];
  const message = await refusal(here.make({ name: "x", protocol: "i2c", properties }), "PROTOCOL_INVALID");
  assert.match(message, /i2c: d32 finds no register any more of 256; .*--protocol custom/);
});

test("integers get the narrowest register that holds their bounds", async () => {
  using here = place();
  const file = join(here.directory, "well.yaml");
  const bounded = (name: string, bounds: string) => `{ name: ${name}, type: INT, accessMode: ReadOnly, ${bounds} }`;
  const list = [
    bounded("a", "minimum: '0', maximum: '65535'"),
    bounded("b", "minimum: '-1', maximum: '32767'"),
    bounded("c", "minimum: '-1', maximum: '32768'"),
    bounded("d", "minimum: '-1', maximum: '2147483648'"),
  ];
  writeFileSync(file, manifest("well", list.join(", ")));
  await here.make({ name: "well", protocol: "modbus", model: file, yes: true });
  const types = [...here.read("well/src/well.ts").matchAll(/address: (\d+), type: "(\w+)"/g)].map(
    ([, at, type]) => `${at} ${type}`,
  );
  assert.deepEqual(types, ["0 u16", "1 i16", "2 i32", "4 i64"]);
});

test("what no line can show is refused with the property and the way out", async () => {
  using here = place();
  const make = (spec: string) =>
    refusal(here.make({ name: "x", protocol: "gpio", properties: [spec] }), "PROTOCOL_INVALID");
  assert.match(await make("level:float:r"), /gpio: level is a number that is only read.*choose --protocol custom/);
  assert.match(await make("raw:bytes:rw"), /gpio: raw is BYTES, which no line can show/);
  assert.match(await make("mode:A/B/C:rw"), /gpio: mode must have two values/);
  const many = Array.from({ length: 30 }, (_, index) => `b${index}:boolean:r`).join(",");
  assert.match(await make(many), /finds no free line any more/);
});
