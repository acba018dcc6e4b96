import assert from "node:assert/strict";
import { test } from "node:test";
import { type Issue, ModelError, parseManifests } from "../index.ts";

const device = (spec: string) => `apiVersion: devices.kubeedge.io/v1beta1
kind: Device
metadata: {name: lamp}
spec:
  deviceModelRef: {name: led}
${spec.replace(/^/gm, "  ")}
`;

const model = (spec: string) => `apiVersion: devices.kubeedge.io/v1beta1
kind: DeviceModel
metadata: {name: led, namespace: home}
spec:
${spec.replace(/^/gm, "  ")}
`;

async function failure(text: string): Promise<ModelError> {
  try {
    await parseManifests(text, { file: "led.yaml" });
  } catch (error) {
    assert.ok(error instanceof ModelError, String(error));
    return error;
  }
  return assert.fail("it was accepted");
}

/** The spec of the only resource, to look into. */
async function read<T>(text: string): Promise<{ readonly spec: T; readonly warnings: readonly string[] }> {
  const { resources, warnings } = await parseManifests(text);
  assert.equal(resources.length, 1);
  return { spec: (resources[0] as unknown as { spec: T }).spec, warnings };
}

const warningsOf = async (text: string) => (await parseManifests(text, { file: "led.yaml" })).warnings;

test("an error names file, line, resource, path, value and fix", async () => {
  const error = await failure(model("properties:\n- name: power\n  type: STRNG\n  accessMode: readwrite"));
  assert.equal(error.code, "MANIFEST_INVALID");
  assert.deepEqual(error.issues[0], {
    severity: "error",
    file: "led.yaml",
    line: 7,
    resource: "DeviceModel home/led",
    path: "spec.properties[0].type",
    value: "STRNG",
    message: 'expected one of INT, FLOAT, DOUBLE, STRING, BOOLEAN, BYTES, STREAM, got "STRNG"; did you mean "STRING"?',
  } satisfies Issue);
  assert.match(error.message, /^led\.yaml:7: DeviceModel home\/led: spec\.properties\[0\]\.type: expected one of /);
  assert.match(
    error.message,
    /accessMode: expected one of ReadWrite, ReadOnly, got "readwrite"; did you mean "ReadWrite"\?$/,
  );
});

test("everything that is wrong in all documents is told at once", async () => {
  const error = await failure(`${device("nodeName: 5")}---\n${device("propertys: []\nproperties: {name: red}")}`);
  assert.deepEqual(
    error.issues.map(({ line, path, severity, message }) => [line, path, severity, message]),
    [
      [6, "spec.nodeName", "error", 'expected text, got 5; quote it: "5"'],
      [14, "spec.properties", "error", 'expected a list, got an object; begin every entry with "- "'],
    ],
  );
});

const refusals: readonly (readonly [what: string, text: string, message: RegExp])[] = [
  [
    "a number in quotes where a number is wanted",
    device('properties:\n- {name: a, collectCycle: "5"}'),
    /collectCycle: expected a whole number, got "5"; remove the quotes: 5$/,
  ],
  [
    "a fraction where a whole number is wanted",
    device("properties:\n- {name: a, collectCycle: 0.5}"),
    /expected a whole number, got 0\.5$/,
  ],
  [
    "a whole number beyond 64 bits",
    device("properties:\n- {name: a, collectCycle: 9223372036854775808}"),
    /of 64 bits, got 9223372036854775808$/,
  ],
  [
    "text where true or false is wanted",
    device("properties:\n- {name: a, reportToCloud: ON}"),
    /expected true or false, got "ON"$/,
  ],
  [
    "a boolean where text is wanted",
    device("properties:\n- {name: a, desired: {value: true}}"),
    /desired\.value: expected text, got true; quote it: "true"$/,
  ],
  ["a desired without value", device("properties:\n- {name: a, desired: {}}"), /desired\.value: is missing$/],
  [
    "a property that is there twice",
    device("properties:\n- {name: a}\n- {name: a}"),
    /"a" is already at spec\.properties\[0\]; rename or remove/,
  ],
  ["an empty entry of a list", device("properties:\n- "), /the entry is empty/],
  [
    "a misspelt required field",
    "apiVersion: devices.kubeedge.io/v1beta1\nkind: Device\nmetadata: {nme: lamp}\nspec: {deviceModelRef: {name: a}}",
    /metadata\.name: is missing; rename "nme"$/,
  ],
  [
    "a name that Kubernetes refuses",
    "apiVersion: devices.kubeedge.io/v1beta1\nkind: DeviceModel\nmetadata: {name: My Lamp}\nspec: {}",
    /did you mean "my-lamp"\?$/,
  ],
  [
    "a device without a model",
    "apiVersion: devices.kubeedge.io/v1beta1\nkind: Device\nmetadata: {name: lamp}\nspec: {}",
    /spec\.deviceModelRef: is missing$/,
  ],
  [
    "a resource without spec",
    "apiVersion: devices.kubeedge.io/v1beta1\nkind: Device\nmetadata: {name: lamp}",
    /: spec: is missing$/,
  ],
  [
    "two types",
    "apiVersion: devices.kubeedge.io/v1alpha1\nkind: DeviceModel\nmetadata: {name: a}\nspec: {properties: [{name: a, type: {int: {accessMode: ReadOnly}, string: {accessMode: ReadOnly}}}]}",
    /expected exactly one of int, string, got int and string/,
  ],
  [
    "no type",
    "apiVersion: devices.kubeedge.io/v1alpha1\nkind: DeviceModel\nmetadata: {name: a}\nspec: {properties: [{name: a, type: {}}]}",
    /expected exactly one of int, string, got none/,
  ],
  [
    "two protocols",
    "apiVersion: devices.kubeedge.io/v1alpha2\nkind: Device\nmetadata: {name: a}\nspec: {deviceModelRef: {name: a}, protocol: {modbus: {}, opcua: {}}}",
    /expected at most one of .*, got opcua and modbus/,
  ],
  [
    "a unit out of range",
    "apiVersion: devices.kubeedge.io/v1alpha1\nkind: Device\nmetadata: {name: a}\nspec: {deviceModelRef: {name: a}, protocol: {modbus: {rtu: {serialPort: x, slaveID: 256}}}}",
    /slaveID: expected a whole number from 0 to 255, got 256/,
  ],
  [
    "a baud rate that does not exist",
    "apiVersion: devices.kubeedge.io/v1alpha2\nkind: Device\nmetadata: {name: a}\nspec: {deviceModelRef: {name: a}, protocol: {common: {com: {baudRate: 9601}}}}",
    /expected one of 115200, .*, got 9601/,
  ],
  [
    "a misspelt kind",
    "apiVersion: devices.kubeedge.io/v1beta1\nkind: Devise\nmetadata: {name: a}",
    /kind: "Devise" is no device resource; .*did you mean "Device"\?/,
  ],
  [
    "a version that does not exist",
    "apiVersion: devices.kubeedge.io/v1beta2\nkind: Device\nmetadata: {name: a}",
    /expected one of v1alpha1, v1alpha2, v1beta1, got "v1beta2"; did you mean "v1beta1"\?/,
  ],
  [
    "a misspelt group",
    "apiVersion: device.kubeedge.io/v1beta1\nkind: Device\nmetadata: {name: a}",
    /did you mean "devices\.kubeedge\.io\/v1beta1"\?/,
  ],
  [
    "a kind that its version does not have",
    "apiVersion: devices.kubeedge.io/v1alpha1\nkind: DeviceStatus\nmetadata: {name: a}",
    /DeviceStatus does not exist in v1alpha1; write devices\.kubeedge\.io\/v1beta1/,
  ],
  [
    "a document without apiVersion",
    "kind: Device\nmetadata: {name: a}",
    /apiVersion: is missing; expected "devices\.kubeedge\.io\/v1beta1"/,
  ],
  ["a document that is only text", "hello", /expected a resource with apiVersion and kind, got "hello"/],
];

for (const [what, text, message] of refusals) {
  test(`refuses ${what}`, async () => {
    const error = await failure(text);
    assert.equal(error.code, "MANIFEST_INVALID");
    assert.match(error.message, message);
    assert.ok(error.issues.every(({ file }) => file === "led.yaml"));
  });
}

const syntax: readonly (readonly [what: string, text: string, line: number, message: RegExp])[] = [
  ["a key that is there twice", device("nodeName: a\nnodeName: b"), 7, /the key nodeName is there twice/],
  ["tabs for indentation", "apiVersion: a\nmetadata:\n\tname: b\n", 3, /YAML wants blanks/],
  ["a number that is none", device("protocol: {configData: {a: .nan}}"), 6, /configData\.a: NaN is no value of JSON/],
  ["an open bracket", "a: [1, 2", 1, /./],
];

for (const [what, text, line, message] of syntax) {
  test(`refuses ${what}, with the line`, async () => {
    const error = await failure(text);
    assert.equal(error.code, "MANIFEST_SYNTAX");
    assert.equal(error.issues[0]?.line, line);
    assert.match(error.message, message);
  });
}

test("aliases that multiply are refused before they fill the memory", async () => {
  const bomb = Array.from(
    { length: 12 },
    (_, n) =>
      `a${n}: &a${n} [${
        n === 0
          ? "x"
          : Array(9)
              .fill(`*a${n - 1}`)
              .join(",")
      }]`,
  );
  const error = await failure(bomb.join("\n"));
  assert.match(error.message, /alias/i);
});

test("an unquoted OFF stays text, with a warning that kubectl sees a boolean, in keys too", async () => {
  const text = device("properties:\n- name: a\n  desired: {value: OFF}\n  visitors: {configData: {on: 1}}");
  const { spec, warnings } = await read<{ properties: { desired: unknown; visitors: unknown }[] }>(text);
  assert.deepEqual(spec.properties[0]?.desired, { value: "OFF" });
  assert.deepEqual(spec.properties[0]?.visitors, { configData: { on: 1 } });
  assert.deepEqual(warnings, [
    'line 8: spec.properties[0].desired.value: OFF without quotes is text here but a boolean to kubectl; write "OFF"',
    'line 9: spec.properties[0].visitors.configData.on: on without quotes is text here but a boolean to kubectl; write "on"',
  ]);
});

test("a number with leading zeros is pointed out, a quoted one is not", async () => {
  const warnings = await warningsOf(device('protocol: {configData: {pin: 0010, speed: "0002"}}'));
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? "", /configData\.pin: 0010 is 10 here but an octal number to kubectl/);
});

test("unknown fields are kept and reported with the field that was probably meant", async () => {
  const { spec, warnings } = await read<Record<string, unknown>>(
    device("nodename: pi\nproperties:\n- {name: a, colectCycle: 5}"),
  );
  assert.equal(spec.nodename, "pi");
  assert.match(warnings[0] ?? "", /spec\.nodename: is no field of this API version; .*; did you mean "nodeName"\?$/);
  assert.match(warnings[1] ?? "", /colectCycle: .*; did you mean "collectCycle"\?$/);
});

test("the fields that the API server adds to metadata and status are nobody's mistake", async () => {
  const text = `${device("nodeName: pi")}status: {twins: [], conditions: []}\n`.replace(
    "{name: lamp}",
    "{name: lamp, uid: x, generation: 2, managedFields: []}",
  );
  assert.deepEqual(await warningsOf(text), []);
});

test("whole numbers beyond 2^53 survive", async () => {
  const { spec } = await read<{ protocol: { configData: unknown } }>(
    device("protocol: {configData: {id: 9007199254740993, small: 5}}"),
  );
  assert.deepEqual(spec.protocol.configData, { id: 9007199254740993n, small: 5 });
});

test("JSON, lists, several documents, empty ones and a byte order mark are all read", async () => {
  const json = JSON.stringify({
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "DeviceModel",
    metadata: { name: "a" },
    spec: {},
  });
  const list = `{"kind":"List","apiVersion":"v1","items":[${json},${json}]}`;
  const typed =
    '{"kind":"DeviceModelList","apiVersion":"devices.kubeedge.io/v1beta1","items":[{"metadata":{"name":"b"},"spec":{}}]}';
  const { resources, warnings } = await parseManifests(
    `\uFEFF---\n# nothing\n---\n${json}\n---\n${list}\n---\n${typed}\n---\n`,
  );
  assert.deepEqual(
    resources.map(({ kind, metadata }) => [kind, metadata.name]),
    [
      ["DeviceModel", "a"],
      ["DeviceModel", "a"],
      ["DeviceModel", "a"],
      ["DeviceModel", "b"],
    ],
  );
  assert.deepEqual(warnings, []);
});

test("an error in a list item has the line of the item", async () => {
  const item =
    "  - apiVersion: devices.kubeedge.io/v1beta1\n    kind: DeviceModel\n    metadata: {name: a}\n    spec: 5\n";
  const error = await failure(`kind: List\napiVersion: v1\nitems:\n${item}`);
  assert.deepEqual([error.issues[0]?.line, error.issues[0]?.path], [7, "spec"]);
});

test("merge keys and aliases are followed, lines included", async () => {
  const text = device("properties:\n- &red {name: red, reportToCloud: true}\n- {<<: *red, name: green}");
  const { spec } = await read<{ properties: unknown }>(text);
  assert.deepEqual(spec.properties, [
    { name: "red", reportToCloud: true },
    { name: "green", reportToCloud: true },
  ]);
});

test("other resources are skipped with a warning, and nothing at all is one too", async () => {
  const config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
  assert.deepEqual(await warningsOf(config), [
    "led.yaml:1: ConfigMap a: ConfigMap of v1 is not a device resource; it is skipped",
  ]);
  assert.deepEqual(await warningsOf("# only a comment\n"), ["led.yaml: there is no resource in it"]);
});

test("a manifest whose first line alone lost its indentation is read, with a warning", async () => {
  const text = device("nodeName: pi").replace(/\n(?=.)/g, "\n   ");
  const { resources, warnings } = await parseManifests(`${text}---\n${text}`);
  assert.equal(resources.length, 2);
  assert.match(warnings[0] ?? "", /^line 2: this line and all below are indented by 3 blanks more/);
});

test("cycles in the wrong unit are pointed out", async () => {
  const old =
    "apiVersion: devices.kubeedge.io/v1alpha2\nkind: Device\nmetadata: {name: a}\nspec: {deviceModelRef: {name: a}, propertyVisitors: [{propertyName: a, collectCycle: 5000}]}";
  assert.match((await warningsOf(old))[0] ?? "", /counts nanoseconds: .* for 5s write 5000000000$/);
  const fresh = device("properties:\n- {name: a, reportCycle: 10000000000}");
  assert.match((await warningsOf(fresh))[0] ?? "", /counts milliseconds: .* for 10s write 10000$/);
  assert.deepEqual(await warningsOf(device("properties:\n- {name: a, reportCycle: 3000}")), []);
});

test("a text that is nested without end is refused, not a crash of the parser", async () => {
  const opened = "[".repeat(50_000);
  for (const text of [opened, `${opened}${"]".repeat(50_000)}`, `a: ${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`])
    await assert.rejects(parseManifests(text), /nested deeper than 200 levels/);
});
