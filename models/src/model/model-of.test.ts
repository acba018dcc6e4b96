import assert from "node:assert/strict";
import { test } from "node:test";
import { sameValue } from "@edgetwin/mapper-sdk";
import { fixture } from "../../test/fixtures.ts";
import {
  annotations,
  type DeviceModel,
  formatText,
  ModelError,
  manifestOf,
  modelOf,
  parseManifests,
  parseText,
  toV1beta1,
} from "../index.ts";

type Properties = DeviceModel["spec"]["properties"];

const modelWith = (properties: Properties, texts: Record<string, string> = {}): DeviceModel => ({
  apiVersion: "devices.kubeedge.io/v1beta1",
  kind: "DeviceModel",
  metadata: { name: "led", annotations: texts },
  spec: { ...(properties && { properties }) },
});

const lamps: Properties = ["red", "green"].map((name) => ({ name, type: "STRING", accessMode: "ReadWrite" }));
const enums = { [annotations.enums]: '{"red":["OFF","ON"],"green":["OFF","ON"]}' };

function issuesOf(model: DeviceModel): string[] {
  try {
    modelOf(model);
  } catch (error) {
    assert.ok(error instanceof ModelError, String(error));
    assert.equal(error.code, "MODEL_INVALID");
    return error.issues.map(({ path, message }) => `${path}: ${message}`);
  }
  return assert.fail("it was accepted");
}

test("types, access, bounds, unit and description become the SDK's", () => {
  const { model, warnings } = modelOf(
    modelWith([
      {
        name: "limit",
        type: "INT",
        accessMode: "ReadWrite",
        minimum: "-9223372036854775808",
        maximum: "9007199254740993",
      },
      {
        name: "level",
        type: "FLOAT",
        accessMode: "ReadOnly",
        minimum: "0",
        maximum: "0.3",
        unit: "m",
        description: "of water",
      },
      { name: "on", type: "BOOLEAN", accessMode: "ReadWrite" },
      { name: "raw", type: "BYTES", accessMode: "ReadOnly" },
    ]),
  );
  assert.deepEqual(warnings, []);
  const { limit, level, on, raw } = model.properties;
  assert.deepEqual(
    [limit?.type, limit?.access, limit?.min, limit?.max],
    ["INT", "rw", -(2n ** 63n), 9007199254740993n],
  );
  assert.deepEqual([level?.type, level?.access, level?.unit, level?.description], ["FLOAT", "r", "m", "of water"]);
  assert.deepEqual([on?.type, raw?.type], ["BOOLEAN", "BYTES"]);
  assert.ok(limit && level);
  assert.equal(parseText(limit, "9007199254740993"), 9007199254740993n);
  assert.throws(() => parseText(limit, "9007199254740994"), /from .* to 9007199254740993, got 9007199254740994/);
  assert.equal(formatText(parseText(level, "0.3"), "FLOAT"), "0.3", "the maximum itself is within a FLOAT's bounds");
});

test("the pin numbers of the traffic light of 2019 become constants", async () => {
  const { resources } = await parseManifests(fixture("first-manifests/traffic-light.yaml"));
  const [first] = resources.filter(({ kind }) => kind === "DeviceModel");
  assert.ok(first);
  const { model, warnings } = modelOf(toV1beta1(first) as DeviceModel);
  assert.deepEqual(warnings, []);
  assert.ok(sameValue(model.properties["red-pin-number"]?.constant, 25n));
  assert.ok(sameValue(model.properties["green-pin-number"]?.constant, 23n));
  assert.equal(model.properties["red-pin-number"]?.access, "r");
  assert.equal(model.properties.red?.constant, undefined, "a default is never driven");
});

test("closed loops are those of the annotation, and come back in the manifest", () => {
  const verify = { level: { by: "red", when: { "*": { equals: "ON" } }, within: "5s" } };
  const manifest = modelWith([...lamps, { name: "level", type: "INT", accessMode: "ReadWrite" }], {
    ...enums,
    [annotations.verify]: JSON.stringify(verify),
  });
  const { model } = modelOf(manifest);
  assert.deepEqual(model.verify, verify);
  assert.deepEqual(modelOf(manifestOf(model)).model.verify, verify);
  const wrong = { [annotations.verify]: '{"red":{"by":"gren","when":{"*":{"changes":true}}}}' };
  assert.throws(
    () => modelOf(modelWith(lamps, wrong)),
    /metadata\.annotations\["edgetwin\.io\/verify"\]\.red\.by: .*got "gren"; did you mean "green"/,
  );
});

test("enums become options, and interlocks and fail-safe values the safety envelope", () => {
  const safety = { interlocks: [{ never: { red: "on", green: "ON" }, because: "crash" }], failSafe: { red: "off" } };
  const { model } = modelOf(modelWith(lamps, { ...enums, [annotations.safety]: JSON.stringify(safety) }));
  assert.deepEqual(model.properties.red?.options, ["OFF", "ON"]);
  assert.deepEqual(model.safety, {
    interlocks: [{ never: { red: "ON", green: "ON" }, because: "crash" }],
    failSafe: { red: "OFF" },
  });
});

test("a STREAM is left out with a warning, together with its default", () => {
  const streams: Properties = [{ name: "saveFrame", type: "STREAM", accessMode: "ReadOnly" }];
  const { model, warnings } = modelOf(modelWith(streams, { [annotations.defaultValues]: '{"saveFrame":1,"gone":2}' }));
  assert.deepEqual(Object.keys(model.properties), []);
  assert.match(warnings[0] ?? "", /spec\.properties\[0\]: "saveFrame" is of type STREAM/);
  assert.match(warnings[1] ?? "", /default-values"\]\.gone: the model has no property "gone"/);
  assert.equal(warnings.length, 2);
});

test("a property may be called anything, __proto__ included", () => {
  const { model } = modelOf(
    modelWith([{ name: "__proto__", type: "INT", accessMode: "ReadOnly" }], {
      [annotations.defaultValues]: '{"__proto__":7}',
    }),
  );
  assert.ok(Object.hasOwn(model.properties, "__proto__"));
  assert.equal(Object.entries(model.properties)[0]?.[1].constant, 7n);
});

const faults: readonly (readonly [what: string, model: DeviceModel, message: RegExp])[] = [
  [
    "a minimum above the maximum",
    modelWith([{ name: "a", type: "INT", accessMode: "ReadOnly", minimum: "5", maximum: "1" }]),
    /minimum: 5 is above the maximum 1/,
  ],
  [
    "a bound that is no number",
    modelWith([{ name: "a", type: "INT", accessMode: "ReadOnly", maximum: "1.5" }]),
    /maximum: expected a whole number .*, got "1\.5"/,
  ],
  [
    "a name that is there twice",
    modelWith([...(lamps ?? []), ...(lamps ?? [])]),
    /"red" is already at spec\.properties\[0\]/,
  ],
  [
    "an annotation that is no JSON",
    modelWith(lamps, { [annotations.enums]: "{red: ON}" }),
    /enums"\]: expected a JSON object such as/,
  ],
  [
    "an annotation that is no object",
    modelWith(lamps, { [annotations.enums]: "[1]" }),
    /expected a JSON object, got a list/,
  ],
  [
    "an enum of a property that is not there",
    modelWith(lamps, { [annotations.enums]: '{"rad":["ON"]}' }),
    /no property "rad"; did you mean "red"\?/,
  ],
  [
    "an enum of a number",
    modelWith([{ name: "a", type: "INT", accessMode: "ReadOnly" }], { [annotations.enums]: '{"a":["1"]}' }),
    /only a STRING can list its values; "a" is INT/,
  ],
  [
    "an enum that is no list of texts",
    modelWith(lamps, { [annotations.enums]: '{"red":[1]}' }),
    /expected a list of texts/,
  ],
  [
    "an enum with the same text twice",
    modelWith(lamps, { [annotations.enums]: '{"red":["ON","on"]}' }),
    /differ in case only/,
  ],
  [
    "a constant of the wrong type",
    modelWith([{ name: "a", type: "INT", accessMode: "ReadOnly" }], { [annotations.defaultValues]: '{"a":"x"}' }),
    /default-values"\]\.a: expected a whole number/,
  ],
  [
    "an unknown field of the safety envelope",
    modelWith(lamps, { [annotations.safety]: '{"interlock":[]}' }),
    /interlock: is no field here; did you mean "interlocks"\?/,
  ],
  [
    "an interlock that forbids everything",
    modelWith(lamps, { [annotations.safety]: '{"interlocks":[{"never":{}}]}' }),
    /names no property/,
  ],
  [
    "an interlock without never",
    modelWith(lamps, { [annotations.safety]: '{"interlocks":[{}]}' }),
    /never: expected an object/,
  ],
  [
    "an interlock with an impossible value",
    modelWith(lamps, { ...enums, [annotations.safety]: '{"interlocks":[{"never":{"red":"ONN"}}]}' }),
    /never\.red: expected "OFF" or "ON", got "ONN"/,
  ],
  [
    "interlocks that are no list",
    modelWith(lamps, { [annotations.safety]: '{"interlocks":{}}' }),
    /expected a list, got an object/,
  ],
  [
    "a reason that is no text",
    modelWith(lamps, { [annotations.safety]: '{"interlocks":[{"never":{"red":"ON"},"because":5}]}' }),
    /because: expected text, got 5/,
  ],
  [
    "a fail-safe value of a property that is not there",
    modelWith(lamps, { [annotations.safety]: '{"failSafe":{"gren":"ON"}}' }),
    /no property "gren"; did you mean "green"\?/,
  ],
  [
    "a fail-safe value that nothing can drive",
    modelWith([{ name: "door", type: "BOOLEAN", accessMode: "ReadOnly" }], {
      [annotations.safety]: '{"failSafe":{"door":true}}',
    }),
    /"door" is read-only/,
  ],
];

for (const [what, model, message] of faults) {
  test(`refuses ${what}`, () => {
    const issues = issuesOf(model);
    assert.ok(
      issues.some((issue) => message.test(issue)),
      issues.join("\n"),
    );
  });
}
