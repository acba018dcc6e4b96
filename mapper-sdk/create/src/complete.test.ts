import assert from "node:assert/strict";
import { test } from "node:test";
import { complete } from "./complete.ts";
import { CreateError, type CreateErrorCode } from "./errors.ts";
import type { MapperRequest } from "./new-mapper.ts";

const free = () => undefined;

/** Somebody who types the given lines; remembers what was asked and said. */
function person(...lines: readonly string[]) {
  const left = [...lines];
  const asked: string[] = [];
  const notes: string[] = [];
  return {
    asked,
    notes,
    note: (text: string) => void notes.push(text),
    async ask(question: string) {
      asked.push(question);
      return left.shift() ?? assert.fail(`nobody answers ${question}`);
    },
  };
}

const nobody = { ask: undefined, note: () => undefined };

async function refusal(request: MapperRequest, code: CreateErrorCode): Promise<string> {
  const error = await complete(request, nobody, free).then(
    () => assert.fail("it was accepted"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof CreateError && error.code === code, String(error));
  return error.message;
}

test("somebody at a terminal is asked for what is missing, with defaults, and again after a wrong answer", async () => {
  const asked = person(
    "Green House",
    "greenhouse",
    "gpoi",
    "",
    "temperature:flaot:r",
    "temperature:float:r",
    "a:int:rw",
    "",
  );
  assert.deepEqual(await complete({}, asked, free), {
    name: "greenhouse",
    protocol: "custom",
    model: undefined,
    properties: ["temperature:float:r", "a:int:rw"],
  });
  assert.equal(asked.asked.length, 8);
  const told = asked.notes.join("\n");
  for (const says of [/for example green-house/, /did you mean "gpio"/, /did you mean "float"/])
    assert.match(told, says);
});

test("an empty first property takes the example of the protocol", async () => {
  const { properties } = await complete({ name: "porch", protocol: "gpio" }, person(""), free);
  assert.deepEqual(properties, ["lamp:OFF/ON:rw", "button:boolean:r"]);
});

test("whoever gives everything, a model, or --yes is asked nothing", async () => {
  const given = { name: "porch", protocol: "gpio", properties: ["lamp:boolean:rw"] };
  assert.deepEqual(await complete(given, person(), free), { ...given, model: undefined });
  assert.equal((await complete({ name: "porch", protocol: "gpio", model: "m.yaml" }, person(), free)).model, "m.yaml");
  const { protocol, properties } = await complete({ name: "porch", yes: true }, person(), free);
  assert.deepEqual([protocol, properties.length], ["custom", 3]);
});

test("where nobody can be asked, the missing option is named", async () => {
  assert.match(await refusal({}, "OPTION_MISSING"), /the name of the mapper is missing/);
  assert.match(await refusal({ name: "x" }, "OPTION_MISSING"), /give --protocol custom\|gpio\|i2c\|modbus, or --yes/);
  assert.match(
    await refusal({ name: "x", protocol: "gpio" }, "OPTION_MISSING"),
    /give --property or --model, or --yes/,
  );
});

test("what is given is checked before anything is asked", async () => {
  assert.match(await refusal({ name: "X" }, "NAME_INVALID"), /for example x/);
  assert.match(await refusal({ protocol: "gpoi" }, "PROTOCOL_INVALID"), /did you mean "gpio"/);
  assert.match(await refusal({ properties: ["a"] }, "PROPERTY_INVALID"), /access is missing/);
  const both = { name: "x", properties: ["a:int:r"], model: "m.yaml" };
  assert.match(await refusal(both, "PROPERTY_INVALID"), /give either --property or --model/);
});

test("a folder that is taken is told before the next question", async () => {
  const taken = (name: string) => {
    if (name === "porch") throw new CreateError("FOLDER_UNUSABLE", "porch is not empty");
  };
  await assert.rejects(complete({ name: "porch" }, person(), taken), /porch is not empty/);
  assert.equal((await complete({}, person("porch", "shed", "", ""), taken)).name, "shed");
});
