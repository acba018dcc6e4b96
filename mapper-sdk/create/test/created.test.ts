import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { newUser } from "./user.ts";

for (const protocol of ["custom", "gpio", "i2c", "modbus"]) {
  test(`npm test is green at once in a new ${protocol} mapper, and after it was made again from its own manifest`, async () => {
    await using user = await newUser();
    assert.equal((await user.create("greenhouse", "--protocol", protocol, "--yes")).code, 0);
    const { code, out } = await user.run("greenhouse", "npm", "test");
    assert.equal(code, 0, out);
    assert.match(out, /# fail 0|ℹ fail 0/);
    await user.create("again", "--protocol", protocol, "--model", "greenhouse/manifests/greenhouse.yaml");
    const again = await user.run("again", "npm", "test");
    assert.equal(again.code, 0, again.out);
  });
}

test("whoever changes the model is led by the compiler to every place that has to follow, and then to the manifest", async () => {
  await using user = await newUser();
  await user.create("greenhouse", "--yes");
  const file = "greenhouse/src/greenhouse.ts";
  const check = async () => {
    const { code, out } = await user.run("greenhouse", "npm", "test");
    assert.notEqual(code, 0, out);
    return out;
  };

  await user.edit(file, (text) =>
    text.replace("  heating: p.boolean(),\n", "  heating: p.boolean(),\n  door: p.boolean(),\n"),
  );
  const added = await check();
  assert.match(
    added,
    /src\/greenhouse\.ts\(\d+,\d+\): error TS2741: Property 'door' is missing in type '\{ temperature/,
  );
  assert.match(added, /src\/emulator\.ts\(\d+,\d+\): error TS2741: Property 'door' is missing/);
  await user.edit(file, (text) => text.replace("  door: p.boolean(),\n", ""));

  await user.edit(file, (text) => text.replace("heating: p.boolean()", 'heating: p.boolean({ access: "rw" })'));
  const writable = await check();
  assert.match(writable, /src\/greenhouse\.ts\(\d+,\d+\): error .*'\{ read: [\s\S]*Property 'write' is missing/);
  assert.match(writable, /src\/greenhouse\.test\.ts\(\d+,\d+\): error .*Property 'heating' is missing/);
  await user.edit(file, (text) => text.replace('heating: p.boolean({ access: "rw" })', "heating: p.boolean()"));

  await user.edit(file, (text) =>
    text.replace('target: p.float({ access: "rw", unit: "°C" })', 'target: p.boolean({ access: "rw" })'),
  );
  const retyped = await check();
  assert.match(
    retyped,
    /src\/greenhouse\.ts\(\d+,\d+\): error .*'Promise<number>' is not assignable to type 'Awaitable<boolean>'/,
  );
  assert.match(retyped, /src\/emulator\.ts\(\d+,\d+\): error .*Type 'number' is not assignable to type 'boolean'/);
  assert.match(
    retyped,
    /src\/greenhouse\.test\.ts\(\d+,\d+\): error .*Type 'number' is not assignable to type 'boolean'/,
  );
  await user.edit(file, (text) =>
    text.replace('target: p.boolean({ access: "rw" })', 'target: p.float({ access: "rw", unit: "K" })'),
  );

  const unit = await check();
  assert.match(
    unit,
    /stale: manifests\/greenhouse\.yaml: DeviceModel greenhouse: .*\["target"\]\.unit: "°C" there, "K" in the module/,
  );
  await user.edit("greenhouse/manifests/greenhouse.yaml", (text) =>
    text.replace(/(name: target[\s\S]*?unit: )°C/, "$1K"),
  );
  assert.equal((await user.run("greenhouse", "npm", "test")).code, 0);
});

const types = ["boolean", "int", "float", "double", "string", "bytes", "slow/very fast/off"];
const lineTypes = ["boolean", "int", "string", "OFF/ON", "shut/open"];

/** A model with what no short form says: 64 bits, tight bounds, names that are no identifiers, a safety envelope. */
const odd = `apiVersion: devices.kubeedge.io/v1beta1
kind: DeviceModel
metadata:
  name: odd
  annotations:
    edgetwin.io/enums: '{"class":["it''s","\\"quoted\\""]}'
    edgetwin.io/safety: '{"failSafe":{"max 64":"9223372036854775807"},"interlocks":[{"never":{"class":"it''s","level":0}}]}'
spec:
  properties:
    - { name: max 64, type: INT, accessMode: ReadWrite, minimum: "0" }
    - { name: count, type: INT, accessMode: ReadOnly, maximum: "9223372036854775807" }
    - { name: level, type: FLOAT, accessMode: ReadWrite, minimum: "0", maximum: "0.3", description: "ends a comment: */" }
    - { name: tiny, type: DOUBLE, accessMode: ReadOnly, minimum: "-0.5", maximum: "0.5" }
    - { name: cold, type: INT, accessMode: ReadOnly, maximum: "-40" }
    - { name: class, type: STRING, accessMode: ReadWrite }
    - { name: größe-"2"/3, type: STRING, accessMode: ReadOnly }
`;

test("mappers of every type and access compile and keep the contract", async () => {
  await using user = await newUser();
  await writeFile(join(user.folder, "odd.yaml"), odd);
  const all = (list: readonly string[]) =>
    list.flatMap((type, index) => [`only${index}:${type}:r`, `both${index}:${type}:rw`]).join(",");
  const orders: (readonly string[])[] = [
    ["custom-all", "--protocol", "custom", "--property", all(types)],
    ["custom-odd", "--protocol", "custom", "--model", "odd.yaml"],
    ["i2c-all", "--protocol", "i2c", "--property", all(types)],
    ["i2c-text", "--protocol", "i2c", "--property", "label:string:r"],
    ["modbus-first", "--protocol", "modbus", "--property", all(types.slice(0, 4))],
    ["modbus-others", "--protocol", "modbus", "--property", all(types.slice(4))],
    ["modbus-text", "--protocol", "modbus", "--property", "label:string:r"],
    ["i2c-odd", "--protocol", "i2c", "--model", "odd.yaml"],
    ["modbus-odd", "--protocol", "modbus", "--model", "odd.yaml"],
    ["gpio-all", "--protocol", "gpio", "--property", `${all(lineTypes)},dim:float:rw,fan:double:rw`],
  ];
  for (const [prefix, list] of [
    ["custom", types],
    ["gpio", lineTypes],
  ] as const) {
    // biome-ignore format: pairs
    for (const [index, type] of list.entries()) {
      for (const access of ["r", "rw"]) {
        orders.push([`${prefix}-${index}-${access}`, "--protocol", prefix, "--property", `value:${type}:${access}`]);
      }
    }
  }
  for (const order of orders) assert.equal((await user.create(...order)).code, 0, order.join(" "));
  const names = orders.map(([name = ""]) => name);
  const compiled = await user.run(".", "tsc", "-b", "--pretty", "false", ...names);
  assert.equal(compiled.out, "");
  const tests = names.map((name) => `${name}/dist/${name}.test.js`);
  const tested = await user.run(".", process.execPath, "--test", ...tests);
  assert.equal(tested.code, 0, tested.out);
  const checked = await user.run(
    "custom-odd",
    "edgetwin",
    "model",
    "yaml",
    "dist/custom-odd.js",
    "--check",
    "manifests/custom-odd.yaml",
  );
  assert.deepEqual(checked, { code: 0, out: "" });
});

test("npm start shows live values, a set value arrives, and is still there after Ctrl-C and the next start", async () => {
  await using user = await newUser();
  await user.create("greenhouse", "--yes");
  const first = user.start("greenhouse", "npm", "start");
  await first.says(
    /greenhouse-01 +device online[\s\S]*temperature +reported 2\d(\.\d+)? °C[\s\S]*temperature +reported/,
  );
  assert.match(
    await first.says(/set greenhouse-01/),
    /npx edgetwin --socket \.edgetwin\/edgetwin\.sock set greenhouse-01 target=/,
  );
  const edgetwin = (...words: string[]) =>
    user.run("greenhouse", "edgetwin", "--socket", ".edgetwin/edgetwin.sock", ...words);
  const set = await edgetwin("set", "greenhouse-01", "target=25", "--wait");
  assert.deepEqual([set.code, /target = 25 °C verified/.test(set.out)], [0, true], set.out);
  await first.says(/greenhouse-01 target +reported 25 °C/);
  const ended = await first.interrupt();
  assert.doesNotMatch(ended.out, /error|warn(?! Unknown)|Error/, ended.out);

  const second = user.start("greenhouse", "npm", "start");
  await second.says(/greenhouse-01 target +reported 25 °C/); // the emulator was new and said 20
  const beside = await user.run("greenhouse", "npm", "start");
  assert.notEqual(beside.code, 0);
  assert.match(
    beside.out,
    /error: the emulator of device greenhouse-01 does not start: .*another program listens there/,
  );
  await second.interrupt();
});

for (const protocol of ["i2c", "modbus"]) {
  test(`a new ${protocol} mapper shows its registers change, and a set value arrives in them`, async () => {
    await using user = await newUser();
    await user.create("meter", "--protocol", protocol, "--property", "level:float:r,limit:float:rw");
    const running = user.start("meter", "npm", "start");
    await running.says(/meter-01 +device online[\s\S]*level +reported 2\d[\s\S]*level +reported/);
    const words = ["--socket", ".edgetwin/edgetwin.sock", "set", "meter-01", "limit=25", "--wait"];
    const set = await user.run("meter", "edgetwin", ...words);
    assert.deepEqual([set.code, /limit = 25 verified/.test(set.out)], [0, true], set.out);
    await running.says(/meter-01 limit +reported 25/);
    const ended = await running.interrupt();
    assert.doesNotMatch(ended.out, /error|warn(?! Unknown)|Error/, ended.out);
  });
}

test("a new gpio mapper shows its contacts change", async () => {
  await using user = await newUser();
  await user.create("porch", "--protocol", "gpio", "--yes");
  const running = user.start("porch", "npm", "start");
  await running.says(/porch-01 button +reported true/);
  await running.interrupt();
});

test("help, wrong words and a taken folder are told in words, and nothing is made", async () => {
  await using user = await newUser();
  const help = await user.create("--help");
  assert.deepEqual([help.code, help.out.startsWith("Usage: npm create edgetwin-mapper@latest NAME")], [0, true]);
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["../up"], /error: the name "\.\.\/up" is a path/],
    [["a", "b"], /"b" is one word too many/],
    [["a", "--portocol", "gpio"], /error: Unknown option '--portocol'/],
    [["a"], /error: there is no terminal to ask; give --protocol custom\|gpio\|i2c\|modbus, or --yes/],
    [[], /the name of the mapper is missing/],
  ];
  for (const [words, says] of cases) {
    const { code, out } = await user.create(...words);
    assert.equal(code, 2, out);
    assert.match(out, says);
    assert.match(out, /\ntry: npm create edgetwin-mapper@latest -- --help\n$/);
  }
  const mapper = await user.run(".", "edgetwin", "mapper", "new", "Green House", "--yes");
  assert.equal(mapper.code, 2);
  assert.match(mapper.out, /for example green-house\ntry: edgetwin help mapper new/);
});
