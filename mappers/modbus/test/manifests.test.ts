import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { completeConfig, type DeviceConfig, type Mapper } from "@edgetwin/mapper-sdk";
import { type Device, type DeviceModel, modelOf, parseManifests } from "@edgetwin/models";
import { modbus, sdm120 } from "../src/index.ts";

const read = async (name: string) => {
  const url = new URL(`../../manifests/${name}.yaml`, import.meta.url);
  const { resources, warnings } = await parseManifests(await readFile(url, "utf8"), { file: name });
  assert.deepEqual(warnings, []);
  return resources;
};

const configOf = ({ spec }: Device): DeviceConfig => ({
  connection: spec.protocol?.configData,
  visitors: Object.fromEntries(
    (spec.properties ?? []).flatMap(({ name, visitors }) => (visitors ? [[name, visitors.configData]] : [])),
  ),
});

test("the example of a controller with a model of its own is what the mapper takes", async () => {
  const [model, device] = (await read("cabinet")) as [DeviceModel, Device];
  modbus.serve(modelOf(model).model).modelFor(configOf(device));
});

test("the example of a meter needs only to say how it is reached", async () => {
  const [device] = (await read("meter")) as [Device];
  const mapper = sdm120 as unknown as Mapper;
  const names = (device.spec.properties ?? []).map(({ name }) => name);
  assert.ok(names.every((name) => Object.hasOwn(mapper.model.properties, name)));
  mapper.modelFor(completeConfig(mapper, { config: configOf(device) }));
});
