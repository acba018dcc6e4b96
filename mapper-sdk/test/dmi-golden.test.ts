import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { configFromAny, configToAny, type Message, v1beta1 } from "@edgetwin/mapper-sdk/dmi";
import { draftOf } from "./support/protobuf-json.ts";

/** Messages as EdgeCore and mapper-framework sent them, with the bytes that another protobuf library makes of them. */
interface Golden {
  readonly message: string;
  readonly json: unknown;
  readonly base64: string;
}
const golden: Golden[] = JSON.parse(
  readFileSync(new URL("../../test/fixtures/dmi/golden.json", import.meta.url), "utf8"),
);

const { deviceManager, deviceMapper } = v1beta1;
const messages = new Map<string, Message<unknown, unknown>>(
  [
    deviceManager.procedures.mapperRegister.request,
    deviceManager.procedures.mapperRegister.response,
    deviceManager.procedures.reportDeviceStatus.request,
    deviceMapper.procedures.updateDevice.request,
  ].map((message) => [message.name, message as unknown as Message<unknown, unknown>]),
);

describe("the bytes of v1beta1", () => {
  for (const { message, json, base64 } of golden) {
    const type = messages.get(`v1beta1.${message}`);
    test(`${message} is encoded as other libraries do, and loses nothing on the way back`, () => {
      assert.ok(type);
      assert.equal(type.encode(draftOf(json)).toString("base64"), base64);
      assert.equal(type.encode(type.decode(Buffer.from(base64, "base64"))).toString("base64"), base64);
    });
  }
});

test("the devices of a real answer to MapperRegister can be read", () => {
  const found = golden.find(({ message }) => message === "MapperRegisterResponse");
  const { deviceList, modelList } = deviceManager.procedures.mapperRegister.response.decode(
    Buffer.from(found?.base64 ?? "", "base64"),
  );
  const [lamp] = deviceList;
  assert.equal(lamp?.name, "lamp-1");
  assert.equal(lamp?.spec?.properties[1]?.collectCycle, 5000);
  assert.equal(lamp?.spec?.properties[0]?.desired?.metadata.get("type"), "string");
  assert.deepEqual(configFromAny(lamp?.spec?.protocol?.configData?.data), {
    settings: { factor: 0.1, fast: true, speed: 9600, bus: "b0" },
    problems: [],
  });
  assert.deepEqual(
    modelList[0]?.spec?.properties.map(({ name, type, maximum }) => [name, type, maximum]),
    [
      ["power", "STRING", ""],
      ["level", "INT", "100"],
    ],
  );
});

describe("settings on their way through DMI", () => {
  const nested = {
    pin: 5,
    big: 2n ** 62n,
    half: 0.1,
    on: true,
    word: "x",
    nothing: null,
    list: [1, "a"],
    deep: { k: 1n },
  };

  test("reach our own side as they were", () => {
    const { settings, problems } = configFromAny(configToAny(nested, "edgetwin"));
    const { nothing: _, ...rest } = nested;
    assert.deepEqual(settings, { ...rest, deep: { k: 1 } });
    assert.deepEqual(problems, []);
  });

  test("reach a mapper of KubeEdge in the types that it knows, what is nested as text", () => {
    const data = configToAny(nested, "mapper-framework");
    const types = [...data].map(([name, { typeUrl }]) => `${name} ${typeUrl.split(".").pop()}`);
    assert.deepEqual(types, [
      "pin Int64Value",
      "big Int64Value",
      "half FloatValue",
      "on BoolValue",
      "word StringValue",
      "list StringValue",
      "deep StringValue",
    ]);
    assert.equal(configFromAny(data).settings.list, '[1,"a"]');
  });

  test("one of a type that no setting has is left out and told", () => {
    const typeUrl = "type.googleapis.com/google.protobuf.Duration";
    const { settings, problems } = configFromAny(
      new Map([...configToAny({ pin: 5 }, "edgetwin"), ["wait", { typeUrl, value: new Uint8Array(0) }]]),
    );
    assert.deepEqual(settings, { pin: 5 });
    assert.match(problems.join(), /^wait came as google\.protobuf\.Duration/);
  });

  test("one nested without end is refused by its name", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100; level++) deep = { a: deep };
    assert.throws(() => configToAny({ top: deep }, "edgetwin"), { code: "CONFIG_INVALID", message: /^top\.a\.a/ });
  });
});
