import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { type Device, type DeviceModel, modelOf, parseManifests } from "@edgetwin/models";
import { mqtt } from "../src/index.ts";

for (const name of ["plug", "heating"]) {
  test(`the example ${name}.yaml is what the mapper takes`, async () => {
    const url = new URL(`../../manifests/${name}.yaml`, import.meta.url);
    const { resources, warnings } = await parseManifests(await readFile(url, "utf8"), { file: name });
    assert.deepEqual(warnings, []);
    const [model, { spec }] = resources as [DeviceModel, Device];
    const visitors = (spec.properties ?? []).map((one) => [one.name, one.visitors?.configData]);
    const config = { connection: spec.protocol?.configData, visitors: Object.fromEntries(visitors) };
    mqtt.serve(modelOf(model).model).modelFor(config);
  });
}
