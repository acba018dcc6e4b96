import assert from "node:assert/strict";
import { test } from "node:test";
import { defineModel, type Model, p } from "@edgetwin/mapper-sdk";
import fc from "fast-check";
import { annotations, ModelError, manifestOf, modelOf, validateResource } from "../index.ts";

const names = fc.constantFrom("red", "green", "level", "__proto__", "a b", "Größe", "5");
const texts = fc.oneof(fc.constantFrom("", "ON", "°C", 'say "x"'), fc.string());
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const float = fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const bytes = fc.uint8Array({ maxLength: 5 }).map((value) => Uint8Array.from(value));
const options = fc.uniqueArray(fc.string({ minLength: 1 }), {
  minLength: 1,
  maxLength: 4,
  selector: (text) => text.toLowerCase(),
});

const facts = fc.record(
  {
    access: fc.constantFrom("r" as const, "rw" as const),
    unit: texts.filter((text) => text !== ""),
    description: texts.filter((text) => text !== ""),
  },
  { requiredKeys: ["access"] },
);

/** Bounds in order, either of them, both or none. */
const range = <N extends number | bigint>(bound: fc.Arbitrary<N>) =>
  fc
    .record({ min: bound, max: bound }, { requiredKeys: [] })
    .map(({ min, max }) => (min !== undefined && max !== undefined && min > max ? { min: max, max: min } : { ...(min !== undefined && { min }), ...(max !== undefined && { max }) })); // biome-ignore format: one case

/** A property with a value that it allows. */
const declared = facts.chain((given) =>
  fc.oneof(
    fc.boolean().map((value) => ({ property: p.boolean(given), value })),
    range(int64).map((bounds) => ({
      property: p.int64({ ...given, ...bounds }),
      value: bounds.min ?? bounds.max ?? 0n,
    })),
    range(float).map((bounds) => ({
      property: p.float({ ...given, ...bounds }),
      value: bounds.min ?? bounds.max ?? 0,
    })),
    range(double).map((bounds) => ({
      property: p.double({ ...given, ...bounds }),
      value: bounds.max ?? bounds.min ?? 0,
    })),
    fc.string().map((value) => ({ property: p.string(given), value })),
    bytes.map((value) => ({ property: p.bytes(given), value })),
    options.map((all) => ({ property: p.oneOf(all, given), value: all[0] as string })),
  ),
);

const models = fc
  .dictionary(names, fc.tuple(declared, fc.boolean()), { noNullPrototype: true })
  .chain((all) =>
    fc.tuple(
      fc.constant(all),
      fc.option(fc.record({ never: fc.boolean(), failSafe: fc.boolean() }), { nil: undefined }),
      fc.string(),
    ),
  )
  .map(([all, safe, because]): Model => {
    const entries = Object.entries(all);
    const properties = entries.map(([name, [{ property, value }, constant]]) => [
      name,
      constant && property.access === "r" ? { ...property, constant: value } : property,
    ]);
    const values = entries.map(([name, [{ value }]]) => [name, value]);
    const writable = entries.filter(([, [{ property }]]) => property.access === "rw");
    const safety = safe && {
      interlocks: safe.never && values.length > 0 ? [{ never: Object.fromEntries(values), because }] : [],
      ...(safe.failSafe && { failSafe: Object.fromEntries(writable.map(([name, [{ value }]]) => [name, value])) }),
    };
    return defineModel("anything", Object.fromEntries(properties), safety as never);
  });

/** A model without its conversions, which are functions of their own each time. */
const plain = ({ name, properties, safety }: Model) => ({
  name,
  properties: Object.entries(properties).map(([key, { accept: _, toTwin: __, ...rest }]) => [key, rest]),
  safety,
});

test("any model comes back from its manifest as it was", () => {
  fc.assert(
    fc.property(models, (model) => {
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
