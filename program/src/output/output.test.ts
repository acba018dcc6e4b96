import assert from "node:assert/strict";
import { test } from "node:test";
import { createOutput } from "./output.ts";

/** What a terminal with colours gets of one line. */
function shown(text: string): string {
  let written = "";
  const stream = { isTTY: true, write: (part: string) => (written += part) };
  const output = createOutput({ stdout: stream, stderr: stream }, {});
  output.line(`${output.paint("red", "red")} ${text}`);
  return written;
}

test("what a device says cannot steer the terminal of whoever reads it", () => {
  const red = "\u001b[31mred\u001b[0m";
  assert.equal(shown("\u001b]0;owned\u0007"), `${red} \\x1b]0;owned\\x07\n`);
  assert.equal(shown("up\u001b[2A\u009b2J back\rover"), `${red} up\\x1b[2A\\x9b2J back\\x0dover\n`);
});

test("tabs, lines and letters of any script stay as they are", () => {
  assert.equal(shown("a\tb\nGrün 緑 🚦"), "\u001b[31mred\u001b[0m a\tb\nGrün 緑 🚦\n");
});
