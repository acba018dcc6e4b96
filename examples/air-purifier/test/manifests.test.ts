import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { type DeviceModel, modelOf, parseManifests } from "@edgetwin/models";
import { dysonFanModel, pureCoolLinkModel } from "../src/purifier.ts";

const read = async (name: string) => {
  const text = await readFile(new URL(`../../${name}`, import.meta.url), "utf8");
  return await parseManifests(text, { file: name });
};

test("the manifest says of every property what the mapper says", async () => {
  const { resources, warnings } = await read("manifests/air-purifier.yaml");
  assert.deepEqual(warnings, []);
  const { model } = modelOf(resources[0] as DeviceModel);
  const facts = (properties: typeof model.properties) =>
    Object.entries(properties).map(([name, one]) => [
      name,
      one.type,
      one.access,
      one.unit ?? "",
      String(one.max ?? ""),
    ]);
  assert.deepEqual(facts(model.properties), facts(pureCoolLinkModel.properties));
});

test("the manifest of the first demo has the properties that the mapper for it has", async () => {
  const { resources } = await read("manifests-v1alpha1/dysonfan.yaml");
  const [model, device] = resources as {
    readonly spec: { readonly properties?: readonly { readonly name: string }[] };
  }[];
  assert.deepEqual(
    model?.spec.properties?.map(({ name }) => name),
    Object.keys(dysonFanModel.properties),
  );
  assert.equal((device as unknown as { metadata: { name: string } }).metadata.name, "dysonfan-instance-01");
});
