import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { DeviceConfig } from "@edgetwin/mapper-sdk";
import { type Device, type DeviceModel, modelOf, parseManifests } from "@edgetwin/models";
import { bacnet } from "../src/index.ts";

test("the example of a fan coil is what the mapper takes", async () => {
  const url = new URL("../../manifests/fan-coil.yaml", import.meta.url);
  const { resources, warnings } = await parseManifests(await readFile(url, "utf8"), { file: "fan-coil" });
  assert.deepEqual(warnings, []);
  const [model, { spec }] = resources as unknown as [DeviceModel, Device];
  const config: DeviceConfig = {
    connection: spec.protocol?.configData,
    visitors: Object.fromEntries(
      (spec.properties ?? []).flatMap(({ name, visitors }) => (visitors ? [[name, visitors.configData]] : [])),
    ),
  };
  const narrowed = await bacnet.serve(modelOf(model).model).modelFor(config);
  assert.deepEqual(narrowed.properties.mode?.options, ["OFF", "HEAT", "COOL", "AUTO"]);
});
