import assert from "node:assert/strict";
import { test } from "node:test";
import { complete } from "@edgetwin/program/command-line";
import { grammar } from "../grammar.ts";
import { argumentValues, type Lookup } from "./argument-values.ts";

const lookup: Lookup = (what, device) =>
  Promise.resolve(
    what === "property"
      ? device === "lamp"
        ? ["red", "green"]
        : []
      : what === "model"
        ? ["led"]
        : ["lamp", "hall/fan"],
  );

/** Completes the last word of `line`; a line that ends in a blank begins a new word. */
const offers = (line: string) => complete(line.split(" "), grammar, argumentValues(lookup));

test("offers commands, their second words, choices, options and what the agent knows", async () => {
  const cases: readonly [string, readonly string[]][] = [
    ["s", ["set"]],
    ["co", ["config", "completion"]],
    ["config ", ["check"]],
    ["get d", ["devices", "device"]],
    ["get device ", ["lamp", "hall/fan"]],
    ["get model ", ["led"]],
    ["set ", ["lamp", "hall/fan"]],
    ["set lamp r", ["red="]],
    ["set lamp red=ON gr", ["green="]],
    ["why lamp ", ["red", "green"]],
    ["get devices -o j", ["json"]],
    ["get devices --output ", ["table", "wide", "json", "yaml", "name"]],
    ["set lamp red=ON --wait=a", ["--wait=applied"]],
    ["set lamp red=ON --wait ", ["red=", "green="]],
    ["set lamp --if", ["--if-version"]],
    ["get -n hall device l", ["lamp"]],
    ["completion ", ["bash", "zsh", "fish"]],
    ["help wh", ["why"]],
    ["why lamp red ", []],
    ["nonsense ", []],
  ];
  for (const [line, expected] of cases) {
    assert.deepEqual(await offers(line), expected, line);
  }
});
