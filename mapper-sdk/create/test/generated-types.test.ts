import assert from "node:assert/strict";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { newUser } from "./user.ts";

const library = fileURLToPath(new URL("../../../../models/library/", import.meta.url));

/** Mistakes with the generated module of the traffic light, each with what the compiler says about its line. */
const mistakes: readonly (readonly [code: string, says: RegExp])[] = [
  ['void device.write("red", "GREEN");', /'"GREEN"' is not assignable to parameter of type '"OFF" \| "ON"'/],
  ['void device.read("amber");', /'"amber"' is not assignable to parameter of type '"green" \| "red" \| "yellow"'/],
  ['const shown: Values<typeof trafficLight> = { red: "ON", yellow: "OFF" };', /Property 'green' is missing/],
  ["gpio.bind(trafficLight, { red: { pin: 26 }, yellow: { pin: 19 } });", /Property 'green' is missing|Argument of type/],
  ["gpio.bind(trafficLight, { red: { pin: 26 }, yellow: { pin: 19 }, green: { pni: 13 } });", /'pni' does not exist in type/],
  ["gpio.bind(trafficLight, { red: { pin: 26 }, yellow: { pin: 19 }, green: { pin: 13, pull: 1 } });", /Type 'number' is not assignable to type '"down" \| "none" \| "up"/],
  ["lamp(trafficLight, { red: both, yellow: both, green: { read: () => \"ON\" } });", /Property 'write' is missing/],
  ["lamp(trafficLight, { red: both, yellow: both, green: { ...both, read: () => true } });", /'boolean' is not assignable to type 'Awaitable<"OFF" \| "ON">'/],
  ["lamp(trafficLight, { red: both, yellow: both, green: both, bleu: both });", /'bleu' does not exist in type/],
]; // biome-ignore format: one mistake a line

const preamble = `import { gpio } from "@edgetwin/mapper-gpio";
import { type Device, defineMapper, fields, type MapperDefinition, type Schema, type Values } from "@edgetwin/mapper-sdk";
import { trafficLight } from "./traffic-light.ts";

declare const device: Device<typeof trafficLight>;
type Definition = MapperDefinition<typeof trafficLight, Schema<object>, null, Schema<undefined>>;
const lamp = (model: typeof trafficLight, properties: Definition["properties"]) =>
  defineMapper({ protocol: "x", model, visitor: fields({}) as Schema<object>, open: () => null, properties });
const both = { read: (): "OFF" | "ON" => "ON", write: () => undefined };
`;

test("mistakes with a model made from a manifest are told in readable words, where they were made", async () => {
  await using user = await newUser();
  await user.create("light", "--yes"); // for its tsconfig.json
  await copyFile(join(library, "traffic-light.yaml"), join(user.folder, "traffic-light.yaml"));
  const made = await user.run(".", "edgetwin", "model", "types", "traffic-light.yaml", "--out", "light/src");
  assert.equal(made.code, 0, made.out);
  const code = mistakes.map(([mistake]) => `${mistake}\n`).join("");
  await writeFile(join(user.folder, "light/src/mistakes.ts"), preamble + code);
  const { out } = await user.run("light", "tsc", "--pretty", "false");
  const before = preamble.split("\n").length - 1;
  for (const [index, [mistake, says]] of mistakes.entries()) {
    const [, found = ""] = out.split(`src/mistakes.ts(${before + index + 1},`);
    assert.match(found.split("src/mistakes.ts(")[0] ?? "", says, `${mistake}\n${out}`);
  }
  const places = [...out.matchAll(/^src\/([\w-]+\.ts)\((\d+),/gm)];
  assert.ok(
    places.every(([, file, line]) => file === "mistakes.ts" && Number(line) > before),
    out,
  );
});
