import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { compile, workspace } from "./fixtures/compile.ts";

/**
 * The TypeScript of a page as files. A block whose first line is a comment with a file name is that file of the page's
 * package; any other stands alone. `ts run` is run as well, and what stands behind an expression as a comment is its
 * value: `1 + 1; // 2`. Declarations (`ts declaration`) are written from the code.
 */
function filesOf(page: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [, kind, block = ""] of page.matchAll(/^```ts(| run)\n([\s\S]*?)^```$/gm)) {
    const [, name] = /^\/\/ (\S+\.ts)\n/.exec(block) ?? [];
    const file = name ?? `block-${Object.keys(files).length}${kind === "" ? "" : ".test"}.ts`;
    assert.equal(files[file], undefined, `${file} is there twice`);
    files[file] = kind === "" ? block : withValues(block);
  }
  return files;
}

const expression = /^(\s*)(?!const |let |return )(.+); \/\/ (true|false|undefined|-?[\d.]+|"[^"]*")$/gm;

const withValues = (block: string) =>
  `import assert from "node:assert/strict";\n${block.replace(expression, "$1assert.deepEqual($2, $3);")}`;

function pagesBelow(folder: string): string[] {
  return readdirSync(join(workspace, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return /^(?:node_modules|dist|\..*)$/.test(entry.name) ? [] : pagesBelow(path);
    return entry.name === "README.md" || /^docs\/.*\.md$/.test(path) ? [path] : [];
  });
}

for (const page of pagesBelow("")) {
  const files = filesOf(readFileSync(join(workspace, page), "utf8"));
  if (Object.keys(files).length === 0) continue;
  test(`the TypeScript of ${page} compiles as it stands, and what can run does`, async () => {
    const { said, tests } = await compile(files);
    assert.equal(said, "");
    assert.equal(tests?.code ?? 0, 0, tests?.report);
    if (tests) assert.doesNotMatch(tests.report, /^# pass 0$/m);
  });
}

test("a value behind an expression is compared with what the expression gives", async () => {
  const page = (value: number) => ["```ts run", "let a = 1;", "a += 1;", `a + 1; // ${value}`, "```", ""].join("\n");
  assert.equal((await compile(filesOf(page(3)))).tests?.code, 0);
  const wrong = await compile(filesOf(page(4)));
  assert.equal(wrong.tests?.code, 1);
  assert.match(wrong.tests?.report ?? "", /3 !== 4/);
});

test("a block that stands alone needs its imports", async () =>
  assert.match((await compile(filesOf("```ts\nexport const level = p.float();\n```\n"))).said, /Cannot find name 'p'/));
