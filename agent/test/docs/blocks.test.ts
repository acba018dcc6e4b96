import assert from "node:assert/strict";
import { test } from "node:test";
import { allBlocks, type Block, blocksOf, namedCommands } from "./support/blocks.ts";
import { checkCommand } from "./support/check-command.ts";
import { yamlReaders } from "./support/check-yaml.ts";
import { shellCommands } from "./support/shell.ts";

/** Who looks at a block, by its kind. TypeScript is compiled by mapper-sdk/test/docs-typescript.test.ts. */
const readers: Readonly<Record<string, (block: Block) => unknown>> = {
  "": () => {},
  ts: () => {},
  "ts run": () => {},
  "ts declaration": ({ page }) => assert.match(page, /^docs\/reference\/sdk\//, "only written pages hold declarations"),
  json: ({ text }) => {
    if (text.startsWith('{"')) for (const line of text.trim().split("\n")) JSON.parse(line);
    else JSON.parse(text);
  },
  sh: ({ text }) => {
    for (const { words } of shellCommands(text)) checkCommand(words);
  },
  "sh run": (block) => readers.sh?.(block),
  "text output": () => {},
  ...Object.fromEntries(
    Object.entries(yamlReaders).map(([word, read]) => [`yaml ${word}`, ({ text }: Block) => read(text)]),
  ),
};

/** What is wrong with a block, or undefined. */
async function problemOf(block: Block): Promise<string | undefined> {
  const read = readers[block.kind];
  if (!read) return `no test knows blocks of the kind "${block.kind}", only ${Object.keys(readers).join(", ")}`;
  try {
    await read(block);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return undefined;
}

test("every block of code in the documentation can be read by what it is meant for", async () => {
  const blocks = allBlocks();
  assert.ok(blocks.length > 100);
  const problems: string[] = [];
  for (const block of blocks) {
    const problem = await problemOf(block);
    if (problem !== undefined) problems.push(`${block.page}:${block.line}: ${problem}`);
  }
  assert.deepEqual(problems, []);
});

test("every command that a sentence names exists, with the options that it names", () => {
  const named = namedCommands();
  assert.ok(named.length > 30);
  const problems = named.flatMap(({ page, line, text }) => {
    try {
      for (const { words } of shellCommands(text)) checkCommand(words);
      return [];
    } catch (error) {
      // A sentence may leave out what the command is about.
      const { message } = error as Error;
      return /is missing|needs a value/.test(message) ? [] : [`${page}:${line}: ${text}: ${message}`];
    }
  });
  assert.deepEqual(problems, []);
});

/** Blocks that must not pass, and what is said about each. */
const wrong: readonly (readonly [kind: string, text: string, says: RegExp])[] = [
  ["shell", "ls\n", /no test knows blocks of the kind "shell"/],
  ["sh", "edgetwin sett lamp power=ON\n", /no command "sett".*set/s],
  ["sh", "edgetwin set lamp power=ON --wiat\n", /--wiat/],
  ["sh", "curl x | edgetwin aply -f -\n", /no command "aply"/],
  ["sh", "npm run chekc\n", /no script "chekc"/],
  ["sh", "npm create edgetwin-mapper@latest lamp --protocol gpio\n", /put -- before it/],
  ["sh", "npm create edgetwin-mapper@latest lamp -- --protokoll gpio\n", /--protokoll/],
  ["sh", "edgetwinn run\n", /no test knows the program "edgetwinn"/],
  ["yaml config", "maperrs: []\n", /maperrs: is not a setting here; did you mean/],
  ["yaml manifest", "apiVersion: devices.kubeedge.io/v1beta1\nkind: Device\nmetadata: {}\n", /name/],
  ["yaml device", "properties: [{ nam: temperature }]\n", /nam/],
  ["yaml", "a: 1\n", /no test knows blocks of the kind "yaml"/],
  ["json", "{ 'a': 1 }\n", /JSON/],
];
for (const [kind, text, says] of wrong)
  test(`a ${kind} block is refused: ${text.split("\n", 1)}`, async () =>
    assert.match((await problemOf({ page: "x.md", line: 1, kind, text })) ?? "", says));

test("a block that does not end is an error", () => assert.throws(() => blocksOf("x.md", "a\n```sh\nb\n"), /x\.md:2/));
