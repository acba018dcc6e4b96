import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { completeConfig, type DeviceConfig, type Mapper } from "@edgetwin/mapper-sdk";
import { type Device, type DeviceModel, modelOf, parseManifests } from "@edgetwin/models";
import { zigbee, zigbee2mqtt, zigbeeCoordinator } from "../src/index.ts";

const read = async (name: string) => {
  const url = new URL(`../../manifests/${name}.yaml`, import.meta.url);
  const { resources, warnings } = await parseManifests(await readFile(url, "utf8"), { file: name });
  assert.deepEqual(warnings, []);
  return resources as [DeviceModel, Device];
};

const configOf = ({ spec }: Device): DeviceConfig => ({
  connection: spec.protocol?.configData,
  visitors: Object.fromEntries(
    (spec.properties ?? []).flatMap(({ name, visitors }) => (visitors ? [[name, visitors.configData]] : [])),
  ),
});

test("the example of a dongle has the properties of its model, and is what the mapper takes", async () => {
  const [model, device] = await read("dongle");
  const mapper = zigbeeCoordinator as unknown as Mapper;
  const facts = ({ properties }: Mapper["model"]) =>
    Object.entries(properties).map(([name, { type, access }]) => [name, type, access]);
  assert.deepEqual(facts(modelOf(model).model), facts(mapper.model));
  mapper.modelFor(completeConfig(mapper, { config: configOf(device) }));
});

test("the examples of devices are what the mappers take", async () => {
  for (const [name, protocol] of [
    ["plug", zigbee],
    ["bridged-lamp", zigbee2mqtt],
  ] as const) {
    const [model, device] = await read(name);
    protocol.serve(modelOf(model).model).modelFor(configOf(device));
  }
});
