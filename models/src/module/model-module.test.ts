import assert from "node:assert/strict";
import { test } from "node:test";
import { defineModel, type Model, p } from "@edgetwin/mapper-sdk";
import fc from "fast-check";
import { arbitraryModel } from "../../test/arbitrary-model.ts";
import { annotations, type DeviceModel, ModelError, manifestOf, modelModule } from "../index.ts";

const sdk = import.meta.resolve("@edgetwin/mapper-sdk");

/** The models that a module exports. What `modelModule` writes is JavaScript too. */
async function evaluate(text: string): Promise<Readonly<Record<string, Model>>> {
  const code = text.replace('"@edgetwin/mapper-sdk"', JSON.stringify(sdk));
  return await import(`data:text/javascript,${encodeURIComponent(code)}`);
}

/** A manifest without what only manifests say. */
function withoutConstants(manifest: DeviceModel): DeviceModel {
  const { annotations: { [annotations.defaultValues]: _, ...texts } = {}, ...metadata } = manifest.metadata;
  return { ...manifest, metadata: { ...metadata, ...(Object.keys(texts).length > 0 && { annotations: texts }) } };
}

test("the module of any model declares that model", async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryModel, async (model) => {
      const manifest = manifestOf(model);
      const { text } = modelModule([manifest]);
      const [declared] = Object.values(await evaluate(text));
      assert.deepEqual(manifestOf(declared as Model), withoutConstants(manifest));
      assert.equal(modelModule([manifest]).text, text);
    }),
    { numRuns: 200 },
  );
});

test("closed loops of a model are declared beside its safety envelope", async () => {
  const verify = { power: { by: "rpm", when: { ON: { min: 300 }, "*": { max: 0 } }, within: "5s" } } as const;
  const properties = { power: p.oneOf(["OFF", "ON"], { access: "rw" }), rpm: p.int() };
  for (const rules of [{ verify }, { verify, failSafe: { power: "OFF" } }] as const) {
    const manifest = manifestOf(defineModel("fan", properties, rules));
    const { text } = modelModule([manifest]);
    const [declared] = Object.values(await evaluate(text));
    assert.deepEqual(manifestOf(declared as Model), manifest);
    assert.match(
      text,
      /verify: \{ power: \{ by: "rpm", when: \{ ON: \{ min: 300 \}, "\*": \{ max: 0 \} \}, within: "5s" \} \}/,
    );
  }
});

test("a module shows units, ranges and constants where an editor shows them", () => {
  const model = defineModel(
    "water-tank",
    {
      level: p.float({ unit: "m", min: 0, max: 0.3, description: "of water" }),
      valve: p.oneOf(["OPEN", "SHUT"], { access: "rw" }),
      count: p.int64({ min: 0n, max: 2n ** 63n - 1n }),
      pin: { ...p.int64(), constant: 17n },
      "flow rate": p.double({ min: 0 }),
    },
    { failSafe: { valve: "SHUT" } },
  );
  const { text } = modelModule([manifestOf(model, { protocol: "gpio" })], { origin: "Made from tank.yaml." });
  assert.equal(
    text,
    `// Made from tank.yaml.
import { defineModel, p } from "@edgetwin/mapper-sdk";

/** The device model water-tank, served over gpio. */
export const waterTank = defineModel(
  "water-tank",
  {
    /** of water (m, 0 to 0.3) */
    level: p.float({ unit: "m", min: 0, max: 0.3, description: "of water" }),
    valve: p.oneOf(["OPEN", "SHUT"], { access: "rw" }),
    /** 0 to 9223372036854775807 */
    count: p.int64({ min: 0n, max: 9223372036854775807n }),
    /** always 17 in the manifest */
    pin: p.int(),
    /** at least 0 */
    "flow rate": p.double({ min: 0 }),
  },
  { failSafe: { valve: "SHUT" } },
);
`,
  );
});

test("names that are no identifiers, or taken, get constants all the same; two of one name are refused", async () => {
  const named = (name: string) => manifestOf(defineModel(name, {}));
  const { text } = modelModule(["traffic-light", "switch", "3d.printer", "p"].map(named));
  assert.deepEqual(Object.keys(await evaluate(text)).sort(), [
    "model3dPrinter",
    "pModel",
    "switchModel",
    "trafficLight",
  ]);
  assert.throws(
    () => modelModule(["a-b", "a.b"].map(named)),
    (error) => error instanceof ModelError && /"a\.b" and "a-b" would both be the constant aB/.test(error.message),
  );
});

test("a description cannot end its comment or break its line", async () => {
  const model = defineModel("x", { a: p.int({ description: "*/ process.exit(1)\n/* \u2028 */" }) });
  const { text } = modelModule([manifestOf(model)], { origin: "from a\nb" });
  const [declared] = Object.values(await evaluate(text));
  assert.equal(declared?.properties.a?.description, "*/ process.exit(1)\n/* \u2028 */");
});
