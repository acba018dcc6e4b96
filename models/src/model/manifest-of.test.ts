import assert from "node:assert/strict";
import { test } from "node:test";
import { defineModel, type Model, p } from "@edgetwin/mapper-sdk";
import fc from "fast-check";
import { arbitraryModel } from "../../test/arbitrary-model.ts";
import { annotations, ModelError, manifestOf, modelOf, validateResource } from "../index.ts";

/** A model without its conversions, which are functions of their own each time. */
const plain = ({ name, properties, safety }: Model) => ({
  name,
  properties: Object.entries(properties).map(([key, { accept: _, toTwin: __, ...rest }]) => [key, rest]),
  safety,
});

test("any model comes back from its manifest as it was", () => {
  fc.assert(
    fc.property(arbitraryModel, (model) => {
      const manifest = manifestOf(model);
      assert.deepEqual(plain(modelOf(manifest).model), plain(model));
      assert.deepEqual(manifestOf(modelOf(manifest).model), manifest);
    }),
    { numRuns: 500 },
  );
});

test("a manifest has the names, texts and annotations that the device API has for a model", () => {
  const lamp = defineModel(
    "desk-lamp",
    {
      power: p.oneOf(["OFF", "ON"], { access: "rw", description: "whether it is lit" }),
      level: p.int({ access: "rw", unit: "%", min: 0, max: 100 }),
      warmth: p.float({ min: 0.1 }),
    },
    { interlocks: [{ never: { power: "ON", level: 0 }, because: "it hums" }], failSafe: { power: "OFF" } },
  );
  assert.deepEqual(manifestOf(lamp, { protocol: "gpio", namespace: "home" }), {
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "DeviceModel",
    metadata: {
      name: "desk-lamp",
      namespace: "home",
      annotations: {
        [annotations.enums]: '{"power":["OFF","ON"]}',
        [annotations.safety]:
          '{"interlocks":[{"never":{"power":"ON","level":0},"because":"it hums"}],"failSafe":{"power":"OFF"}}',
      },
    },
    spec: {
      protocol: "gpio",
      properties: [
        { name: "power", description: "whether it is lit", type: "STRING", accessMode: "ReadWrite" },
        { name: "level", type: "INT", accessMode: "ReadWrite", minimum: "0", maximum: "100", unit: "%" },
        { name: "warmth", type: "FLOAT", accessMode: "ReadOnly", minimum: "0.1" },
      ],
    },
  });
});

test("bounds that no INT has are rounded towards its values, and infinite ones are none", () => {
  const model = defineModel("x", { a: p.int({ min: 0.5, max: 9.5 }), b: p.double({ min: -Infinity, max: Infinity }) });
  const [a, b] = manifestOf(model).spec.properties ?? [];
  assert.deepEqual([a?.minimum, a?.maximum, b?.minimum, b?.maximum], ["1", "9", undefined, undefined]);
});

test("what the device API cannot say is refused, naming what and why", () => {
  const cases: readonly [Model, RegExp][] = [
    [defineModel("Desk Lamp", {}), /metadata\.name: expected lower-case letters/],
    [defineModel("x", { a: p.oneOf(["on", "ON"]) }), /enums"\]\.a: two of the texts differ in case only/],
    [defineModel("x", { a: p.boolean() }, { failSafe: { a: true } }), /failSafe\.a: "a" is read-only/],
    [defineModel("x", { "": p.boolean() }), /properties\[0\]\.name/],
  ];
  for (const [model, says] of cases) {
    assert.throws(
      () => manifestOf(model),
      (error) => error instanceof ModelError && says.test(error.message),
      String(says),
    );
  }
  assert.doesNotThrow(() => validateResource(manifestOf(defineModel("x", {}))));
});
