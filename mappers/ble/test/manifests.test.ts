import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { type Device, type DeviceModel, modelOf, parseManifests } from "@edgetwin/models";
import { ble, bluetooth } from "../src/index.ts";

const read = async (name: string) => {
  const url = new URL(`../../manifests/${name}.yaml`, import.meta.url);
  const { resources, warnings } = await parseManifests(await readFile(url, "utf8"), { file: name });
  assert.deepEqual(warnings, []);
  return resources as [DeviceModel, Device];
};

for (const name of ["room", "lamp"])
  test(`the example of a ${name} is what the mapper takes`, async () => {
    const [model, { spec }] = await read(name);
    const visitors = Object.fromEntries(
      (spec.properties ?? []).flatMap((property) =>
        property.visitors ? [[property.name, property.visitors.configData]] : [],
      ),
    );
    ble.serve(modelOf(model).model).modelFor({ connection: spec.protocol?.configData, visitors });
  });

test("a manifest of KubeEdge's bluetooth protocol is taken as it is", () => {
  const characteristicUUID = "f000aa0104514000b000000000000000";
  const dataConverter = {
    startIndex: 1,
    endIndex: 0,
    shiftRight: 2,
    orderOfOperations: [{ operationType: "Multiply", operationValue: 0.03125 }],
  };
  const model = modelOf({
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "DeviceModel",
    metadata: { name: "cc2650", namespace: "default" },
    spec: { protocol: "bluetooth", properties: [{ name: "temperature", type: "DOUBLE", accessMode: "ReadOnly" }] },
  } as never);
  const mapper = bluetooth.serve(model.model);
  assert.equal(mapper.protocol, "bluetooth");
  mapper.modelFor({
    connection: { macAddress: "BC:6A:29:AE:CC:96" },
    visitors: { temperature: { characteristicUUID, dataConverter } },
  });
});
