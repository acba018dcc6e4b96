import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { StoredObject } from "../kubernetes/client.ts";
import { type Judgement, judgeDevice } from "./judge-device.ts";
import { deviceObject, modelObject } from "./testing/device-objects.ts";

const lamp = modelObject("lamp");
const good = { node: "n1", model: "lamp", power: "true" };
const invalidModel: StoredObject = { ...lamp, spec: { properties: [{ name: "power", type: "COLOUR" }] } };

const table: readonly [string, StoredObject, StoredObject | undefined, Judgement["verdict"], RegExp][] = [
  ["a device with node and model is ready", deviceObject("a", good), lamp, "Ready", /^$/],
  ["a device needs a node", deviceObject("a", { ...good, node: undefined }), lamp, "NoNode", /spec\.nodeName/],
  ["a device needs a model", deviceObject("a", { node: "n1" }), lamp, "NoModel", /spec\.deviceModelRef\.name/],
  ["the model must be there", deviceObject("a", good), undefined, "ModelMissing", /no DeviceModel home\/lamp/],
  ["the model must be right", deviceObject("a", good), invalidModel, "ModelInvalid", /COLOUR/],
  ["a desired value must fit", deviceObject("a", { ...good, power: "9" }), lamp, "DeviceInvalid", /desired\.value.*9/],
];

for (const [sentence, device, model, verdict, message] of table)
  test(sentence, () => {
    const judgement = judgeDevice(device, model);
    assert.equal(judgement.verdict, verdict);
    assert.match(judgement.message, message);
  });

test("whatever a device or a model holds, judging it never throws, and says why unless it is ready", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (spec, modelSpec) => {
      const device = { ...deviceObject("a", good), spec };
      for (const [one, model] of [
        [device, lamp],
        [deviceObject("a", good), { ...lamp, spec: modelSpec }],
      ] as const) {
        const { verdict, message } = judgeDevice(one, model);
        assert.equal(verdict === "Ready", message === "");
      }
    }),
  );
});
