import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCommandLine } from "@edgetwin/program/command-line";
import { grammar } from "./grammar.ts";

const parse = (line: string) => {
  const { command, positionals, options } = parseCommandLine(line.split(" ").filter(Boolean), grammar);
  return { name: command.name, positionals, options: Object.fromEntries(options) };
};

test("options may stand before the command, behind it, short, long, and with or without an equals sign", () => {
  const expected = { name: "get", positionals: ["devices"], options: { socket: "/s", output: "json" } };
  for (const line of [
    "--socket /s get devices -o json",
    "--socket=/s get devices --output=json",
    "get -o json devices --socket /s",
    "get -ojson --socket /s devices",
  ]) {
    assert.deepEqual(parse(line), expected, line);
  }
});

test("two-word commands are found, also with options around them", () => {
  assert.deepEqual(parse("config check ./x.yaml"), { name: "config check", positionals: ["./x.yaml"], options: {} });
  assert.equal(parse("--socket /s config check -o json").name, "config check");
});

test("--wait alone means verified and takes no word away from what follows", () => {
  assert.deepEqual(parse("set lamp --wait red=ON").options, { wait: "verified" });
  assert.deepEqual(parse("set lamp --wait red=ON").positionals, ["lamp", "red=ON"]);
  assert.deepEqual(parse("set lamp red=ON --wait=applied").options, { wait: "applied" });
});

test("an option that repeats keeps all its values, with commas; of others the last one counts", () => {
  const line = "mapper new x --property a:int:r --protocol gpio --property=b:int:r,c:int:r --protocol custom";
  assert.deepEqual(parse(line).options, { property: "a:int:r,b:int:r,c:int:r", protocol: "custom" });
});

test("values that begin with a minus are values, and everything behind -- is", () => {
  assert.deepEqual(parse("set fan speed=-3 mode-").positionals, ["fan", "speed=-3", "mode-"]);
  assert.deepEqual(parse("set fan -- --odd=1").positionals, ["fan", "--odd=1"]);
});

test("no words, and --help alone, mean help", () => {
  assert.equal(parse("").name, "help");
  assert.equal(parse("--help").name, "help");
  assert.equal(parse("-h").name, "help");
  assert.deepEqual(parse("set --help").options, { help: "" });
});

test("every mistake names the word, the nearest right one and the command to try next", () => {
  const cases: readonly [string, RegExp][] = [
    ["gett devices", /no command "gett"; did you mean "get"\?\ntry: edgetwin help/],
    ["config", /"config" needs one of: check/],
    ["config chek", /did you mean "check"\?\ntry: edgetwin config check/],
    ["get device lamp --namspace x", /no option --namspace; did you mean "--namespace"\?\ntry: edgetwin help get/],
    ["get devices -x", /no option -x/],
    ["get device -o", /-o needs a value: -o FORMAT/],
    ["get devices --output --all-namespaces", /--output needs a value/],
    ["get devices -A=yes", /-A takes no value|no option/],
    ["get devices --all-namespaces=yes", /--all-namespaces takes no value, got "yes"/],
    ["get devices -o jsn", /-o must be one of .*got "jsn"; did you mean "json"/],
    ["get lamps", /KIND must be one of/],
    ["why lamp", /PROPERTY is missing: edgetwin why DEVICE PROPERTY/],
    ["set lamp", /PROPERTY=VALUE is missing/],
    ["why lamp red green", /"green" is one word too many/],
    ["set lamp red=ON --wait=soon", /--wait must be one of verified, applied/],
  ];
  for (const [line, message] of cases) {
    assert.throws(() => parse(line), { code: "REQUEST_INVALID", message }, line);
  }
});
