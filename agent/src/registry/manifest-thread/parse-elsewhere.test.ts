import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ModelError, parseManifests } from "@edgetwin/models";
import { parseElsewhere } from "./parse-elsewhere.ts";

const model = (name: string, type = "INT") => `apiVersion: devices.kubeedge.io/v1beta1
kind: DeviceModel
metadata: { name: ${name} }
spec:
  properties:
    - { name: level, type: ${type}, accessMode: ReadWrite, maximum: "9007199254740993" }
`;
const device = `apiVersion: devices.kubeedge.io/v1beta1
kind: Device
metadata: { name: one }
spec:
  deviceModelRef: { name: model-1 }
  protocol: { protocolName: fake, configData: { serial: 9007199254740993 } }
`;
const long = Array.from({ length: 80 }, (_, index) => model(`model-${index}`)).join("---\n");

describe("a long text of manifests", () => {
  test("is read like a short one, warnings and whole numbers beyond 2^53 included", async () => {
    const text = [long, device, "kind: ConfigMap\napiVersion: v1\n"].join("---\n");
    const [read, expected] = await Promise.all([parseElsewhere({ text }), parseManifests(text)]);
    assert.deepEqual(read, expected);
    assert.equal(read.warnings.length, 1);
  });

  test("leaves the event loop free while it is read", async () => {
    let turns = 0;
    let isOver = false;
    const turn = () => {
      turns++;
      if (!isOver) setImmediate(turn);
    };
    turn();
    await parseElsewhere({ text: long });
    isOver = true;
    assert.ok(turns > 20, `the event loop went round ${turns} times`);
  });

  test("is refused with everything that is wrong in it, by file and line", async () => {
    const text = `${long}---\n${model("wrong", "INTT")}`;
    const expected = errorOf(await parseManifests(text, { file: "a.yaml" }).catch(errorOf));
    const refused = await parseElsewhere({ text, file: "a.yaml" }).catch((error: unknown) => error);
    assert.ok(refused instanceof ModelError && expected instanceof ModelError);
    assert.deepEqual(
      [refused.code, refused.issues, refused.message],
      [expected.code, expected.issues, expected.message],
    );
  });

  test("that takes too much memory is refused with the fix, and nothing else ends", async () => {
    const text = long.repeat(8).replaceAll("DeviceModel\n", "DeviceModel # a model\n");
    const small = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2, stackSizeMb: 4 };
    await assert.rejects(parseElsewhere({ text, file: "all.yaml" }, small), {
      code: "MANIFEST_INVALID",
      message: `all.yaml is too large: its ${text.length} characters take more than 8 MB of memory to be read; split it into several files`,
    });
  });
});

const errorOf = (error: unknown) => error;
