import assert from "node:assert/strict";
import { test } from "node:test";
import { checkIfMatch } from "./etag.ts";

test("If-Match fits when it is missing, a star, or names the current tag among others", () => {
  for (const header of [undefined, "*", '"a"', '"x", "a"', '"x","a"']) checkIfMatch(header, '"a"');
});

test("weak and other tags never fit", () => {
  for (const header of ['"b"', 'W/"a"', '"b", "c"']) {
    assert.throws(() => checkIfMatch(header, '"a"'), { code: "VERSION_CONFLICT" }, header);
  }
});

test("what is no list of tags is an error of its own, with an example", () => {
  for (const header of ["a", "3", '"a', ""]) {
    assert.throws(() => checkIfMatch(header, '"a"'), { code: "REQUEST_INVALID", message: /such as "a" or \*/ }, header);
  }
});
