import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { compile, workspace } from "./fixtures/compile.ts";

/** The files of a page: TypeScript blocks whose first line is a comment with the name of the file. */
function filesOf(page: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [, block = ""] of page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)) {
    const [, name] = /^\/\/ (\S+\.ts)\n/.exec(block) ?? [];
    assert.ok(name, `a block does not begin with the name of its file:\n${block}`);
    assert.equal(files[name], undefined, `${name} is there twice`);
    files[name] = block;
  }
  return files;
}

for (const page of ["docs/guides/write-a-mapper.md", "docs/guides/record-and-replay.md", "mapper-sdk/README.md"]) {
  test(`the code of ${page} compiles as it stands, and its tests pass`, async () => {
    const files = filesOf(await readFile(join(workspace, page), "utf8"));
    assert.notDeepEqual(files, {});
    const { said, tests } = await compile(files);
    assert.equal(said, "");
    assert.ok(tests, "the page shows no test");
    assert.equal(tests.code, 0, tests.report);
    assert.doesNotMatch(tests.report, /^# pass 0$/m);
  });
}
