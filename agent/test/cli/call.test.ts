import assert from "node:assert/strict";
import { test } from "node:test";
import { MapperError } from "@edgetwin/mapper-sdk";
import { trafficLight } from "../api/support/manifests.ts";
import { commandBench } from "./support/test-command.ts";

const lamp = "traffic-light-instance-01";

async function benchWithMethods() {
  const bench = await commandBench();
  const { registry } = bench.api.core;
  registry.methods.set("blink", async ({ input }) => {
    if ((input as { times?: string } | undefined)?.times === "0") throw new MapperError("VALUE_INVALID", "times is 0");
    return input && { blinked: Number((input as { times: string }).times), colour: "red" };
  });
  const methods = "  methods: [{ name: night, description: for quiet hours, propertyNames: [red] }]\n";
  await registry.apply(trafficLight + methods, { origin: { door: "manifest", actor: "test" } });
  return bench;
}

test("call prints what the method answered, one line for each part, and done for nothing", async () => {
  await using bench = await benchWithMethods();
  assert.deepEqual((await bench.run(`call ${lamp} blink times=2`)).out, "blinked = 2\ncolour = red\n");
  assert.deepEqual((await bench.run(`call ${lamp} blink`)).out, "done\n");
  const { out } = await bench.run(`call ${lamp} blink times=3 -o json`);
  assert.deepEqual(JSON.parse(out).output, { blinked: 3, colour: "red" });
});

test("call says which word is wrong, and ends with the exit code of the agent's error", async () => {
  await using bench = await benchWithMethods();
  const cases: readonly [string, number, RegExp][] = [
    ["blink times", 2, /"times" is not NAME=VALUE\n.*edgetwin call traffic-light-instance-01 blink times=VALUE/],
    ["blink times=1 times=2", 2, /times is given twice/],
    ["blink times=0", 2, /times is 0/],
    ["blnk", 4, /did you mean "blink"/],
    ["blink --timeout soon", 2, /--timeout "soon" is no duration/],
    ["night blue=ON", 2, /does not set blue; it sets: red/],
  ];
  for (const [words, exitCode, message] of cases) {
    const { code, err } = await bench.run(`call ${lamp} ${words}`);
    assert.equal(code, exitCode, words);
    assert.match(err, message);
  }
});

test("why of a method tells who called it and what came of it", async () => {
  await using bench = await benchWithMethods();
  assert.match((await bench.run(`why ${lamp} blink`)).out, /^Nobody has called blink of default\/traffic-light/);
  await bench.run(`call ${lamp} blink times=2`);
  await bench.run(`call ${lamp} blink times=0`);
  const { out } = await bench.run(`why ${lamp} blink`);
  const [first = "", second = ""] = out.split("\n");
  assert.match(
    first,
    /\(with the edgetwin command\) called it with \{"times":"2"\}; answered \{"blinked":2,"colour":"red"\}\.$/,
  );
  assert.match(second, /called it in vain: with \{"times":"0"\}: times is 0\.$/);
  const { code, err } = await bench.run(`why ${lamp} blnk`);
  assert.equal(code, 4);
  assert.match(err, /has no property blnk/);
});

test("describe lists the methods and what they take", async () => {
  await using bench = await benchWithMethods();
  const { out } = await bench.run(`describe device ${lamp}`);
  assert.match(
    out,
    /^Methods:\n {2}blink \[times=VALUE\]\n {4}Does blink\.\n {4}times: a whole number; 1 when left out$/m,
  );
  assert.match(out, /^ {2}night \[red=VALUE\]\n {4}for quiet hours$/m);
});

test("methods and their input are completed", async () => {
  await using bench = await benchWithMethods();
  const complete = async (...words: string[]) =>
    (await bench.run(["__complete", ...words])).out.split("\n").filter(Boolean);
  assert.deepEqual(await complete("call", lamp, ""), ["blink", "night"]);
  assert.deepEqual(await complete("call", lamp, "blink", ""), ["times="]);
  assert.deepEqual(await complete("call", lamp, "night", "r"), ["red="]);
});
