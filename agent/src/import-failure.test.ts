import assert from "node:assert/strict";
import { test } from "node:test";
import { importFailure } from "./import-failure.ts";

const absent = (message: string) => Object.assign(new Error(message), { code: "ERR_MODULE_NOT_FOUND" });

const cases: readonly (readonly [string, unknown, RegExp])[] = [
  [
    "@a/gpoi",
    absent("Cannot find package '@a/gpoi' imported from /agent/catalogue.js"),
    /^it is not installed; correct/,
  ],
  [
    "./own.mjs",
    absent("Cannot find module '/etc/edgetwin/own.mjs' imported from /agent/x.js"),
    /^there is no such file;/,
  ],
  ["../own.mjs", absent("Cannot find module '/etc/own.mjs' imported from /agent/x.js"), /^there is no such file;/],
  ["@a/gpio", absent("Cannot find package 'serialport' imported from /a/gpio.js"), /^it failed .*package 'serialport'/],
  ["@a/gpio", new SyntaxError("Unexpected token '='"), /^it is not JavaScript .*: Unexpected token '='$/],
  ["@a/gpio", new Error("no /dev/fancy\nand more"), /^it failed while it was loaded: no \/dev\/fancy$/],
  ["@a/gpio", "thrown text", /^it failed while it was loaded: thrown text$/],
];

for (const [name, error, expected] of cases) {
  test(`why ${name} does not load is told without paths of the agent: ${expected.source}`, () => {
    assert.match(importFailure(name, error), expected);
    assert.doesNotMatch(importFailure(name, error), /\/agent\//);
  });
}
