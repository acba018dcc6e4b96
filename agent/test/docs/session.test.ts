import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import { freePort } from "../support/free-port.ts";
import { RealAgent } from "../support/real-agent.ts";
import { allBlocks, type Block, workspace } from "./support/blocks.ts";
import { type ShellCommand, shellCommands } from "./support/shell.ts";

const command = join(workspace, "agent", "bin", "edgetwin.js");

/** The agent that a page speaks of: with the mapper whose README it is, else with the traffic light. */
function settingsFor(page: string): Readonly<Record<string, unknown>> {
  if (page.startsWith("mappers/")) return { mappers: [`@edgetwin/mapper-${basename(dirname(page))}`], manifests: [] };
  return {
    mappers: ["@edgetwin/mapper-gpio", "@edgetwin/example-traffic-light"],
    manifests: [join(workspace, "examples", "traffic-light", "manifests")],
  };
}

/** Runs one command as written; resolves with its exit code and what it printed on either stream. */
function run({ words, connected }: ShellCommand, directory: string): Promise<{ code: number; output: string }> {
  const [program, ...rest] = words[0] === "npx" ? words.slice(1) : words;
  assert.equal(program, "edgetwin", "a session runs edgetwin only");
  assert.equal(connected, false, "a session has no pipes");
  const env = { ...process.env, EDGETWIN_SOCKET: join(directory, "edgetwin.sock"), NO_COLOR: "1" };
  return new Promise((resolve) => {
    execFile(process.execPath, [command, ...rest], { cwd: workspace, env, timeout: 30_000 }, (error, out, err) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: out + err });
    });
  });
}

/** Lines must be there in this order; `…` stands for anything. */
function assertShows(output: string, wanted: string): void {
  const lines = wanted.trim().split("\n");
  const patterns = lines.map((line) =>
    line
      .trim()
      .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
      .replace(/\s+/g, "\\s+"),
  );
  const text = patterns.map((line) => line.replaceAll("…", ".*")).join("[\\s\\S]*?\\n\\s*");
  assert.match(output, new RegExp(text));
}

async function play(blocks: readonly Block[], directory: string): Promise<void> {
  let output = "";
  for (const { kind, text, page, line } of blocks) {
    if (kind === "text output") assertShows(output, text);
    if (kind !== "sh run") continue;
    output = "";
    for (const one of shellCommands(text)) {
      const done = await run(one, directory);
      const where = `${page}:${line}: ${one.words.join(" ")}\n${done.output}`;
      if (one.comment.startsWith("refused")) assert.notEqual(done.code, 0, where);
      else assert.equal(done.code, 0, where);
      output += done.output;
    }
  }
}

/** All blocks, page by page. */
function sessions(): Map<string, Block[]> {
  const grouped = new Map<string, Block[]>();
  for (const block of allBlocks()) grouped.set(block.page, [...(grouped.get(block.page) ?? []), block]);
  return grouped;
}

for (const [page, blocks] of sessions()) {
  if (!blocks.some(({ kind }) => kind === "sh run")) continue;
  test(`what ${page} says to type does what it says`, async () => {
    await using agent = new RealAgent(await freePort(), settingsFor(page));
    await agent.start();
    await play(blocks, agent.directory);
  });
}

test("a session fails when a command fails, or prints something else", async () => {
  const page = "README.md";
  await using agent = new RealAgent(await freePort(), settingsFor(page));
  await agent.start();
  const failing: Block = { page, line: 1, kind: "sh run", text: "edgetwin get device no-such-device\n" };
  await assert.rejects(play([failing], agent.directory), /no-such-device/);
  const passing: Block = { page, line: 1, kind: "sh run", text: "edgetwin get models\n" };
  const output: Block = { page, line: 2, kind: "text output", text: "traffic-light … cellar\n" };
  await assert.rejects(play([passing, output], agent.directory), /match/);
});
