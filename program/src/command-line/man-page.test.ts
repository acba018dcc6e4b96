import assert from "node:assert/strict";
import { test } from "node:test";
import { manPage } from "./man-page.ts";

const page = manPage(
  {
    program: "lamp",
    about: "switches lamps",
    commands: [
      {
        name: "set",
        summary: "switch one",
        description: ".dot and 'quote first, a \\ too",
        arguments: [{ name: "LAMP", description: "which", choices: ["left", "right"] }],
        options: [{ name: "wait", value: "TIME", description: "-1 waits for ever" }],
        examples: ["lamp set left --wait 3s", "lamp set ~/left"],
      },
    ],
    globals: [{ name: "help", short: "h", description: "explain" }],
    exitCodes: { 0: "done", 2: "not understood" },
  },
  { date: "2026-01-02", version: "1.0", files: { "/etc/lamp.conf": "which lamps there are" } },
);

test("a manual page has every command with its arguments, options and examples, and the sections of man-pages(7) in order", () => {
  assert.deepEqual(page.match(/^\.SH .*$/gm), [
    ".SH NAME",
    ".SH SYNOPSIS",
    ".SH COMMANDS",
    ".SH OPTIONS",
    ".SH EXIT STATUS",
    ".SH FILES",
  ]);
  for (const part of ['.SS "lamp set left|right [options]"', "which: left, right", ".B \\-\\-wait TIME", ".B 2"])
    assert.ok(page.includes(part), part);
});

test("text of a manual page is taken as it is: no line of it becomes a request, no word of it an escape", () => {
  assert.match(page, /^\\&\.dot and 'quote first, a \\e too$/m);
  assert.match(page, /^lamp set \\\(ti\/left$/m);
  for (const line of page.split("\n").filter((one) => one.startsWith(".")))
    assert.match(line, /^\.(TH|SH|SS|TP|B|I|PP|EX|EE)( |$)/);
});
