import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { openTerminal } from "./terminal.ts";

/** Both ends of a terminal. */
function streams(isTTY = true) {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()].map((stream) => Object.assign(stream, { isTTY }));
  return { stdin, stdout } as unknown as Pick<NodeJS.Process, "stdin" | "stdout"> & { readonly stdin: PassThrough };
}

test("a terminal gives what was typed, without the spaces around it", async () => {
  const { stdin, stdout } = streams();
  using terminal = openTerminal({ stdin, stdout }, new AbortController());
  const answer = terminal.ask?.("Name: ");
  stdin.write("  greenhouse \n");
  assert.equal(await answer, "greenhouse");
});

for (const [key, text] of [
  ["Ctrl-C", "\u0003"],
  ["Ctrl-D", "\u0004"],
] as const) {
  // biome-ignore format: pairs
  test(`${key} ends the question and everything else`, async () => {
    const { stdin, stdout } = streams();
    const stopping = new AbortController();
    using terminal = openTerminal({ stdin, stdout }, stopping);
    const answer = terminal.ask?.("Name: ");
    stdin.write(text);
    await assert.rejects(answer ?? Promise.resolve());
    assert.ok(stopping.signal.aborted);
  });
}

test("where standard input is no terminal, nobody is asked", () => {
  using terminal = openTerminal(streams(false), new AbortController());
  assert.equal(terminal.ask, undefined);
});
