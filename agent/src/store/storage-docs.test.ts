import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryDirectory } from "../../test/support/temporary-directory.ts";
import { damagedPrefix, fileNames, unfinishedSuffix } from "./files.ts";
import { defaultLimits } from "./limits.ts";
import { migrations } from "./migrations/migrations.ts";
import { openTestStore } from "./testing/open-test-store.ts";
import { Database } from "./worker/sqlite.ts";

const text = readFileSync(new URL("../../../../docs/reference/storage.md", import.meta.url), "utf8");

/** The cells of the table under a heading of the document, without its head. */
function tableUnder(heading: string): readonly (readonly string[])[] {
  const section = text.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("|"));
  return rows.slice(2).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const names = (cell: string | undefined) => [...(cell ?? "").matchAll(/`([^`]+)`/g)].map((match) => match[1]);

test("docs/reference/storage.md lists the files that the store makes, and no others", () => {
  const listed = tableUnder("Files").flatMap(([file]) => names(file));
  assert.deepEqual(listed, [...Object.values(fileNames), `${damagedPrefix}*`, `*${unfinishedSuffix}`]);
});

test("docs/reference/storage.md lists every table with its columns in order", async () => {
  using temporary = temporaryDirectory();
  await (await openTestStore(temporary.path))[Symbol.asyncDispose]();
  const database = new Database(join(temporary.path, "twins.db"), { readonly: true });
  try {
    const columnsOf = (table: string) =>
      (database.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name);
    const tables = database
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .pluck()
      .all();
    const documented = tableUnder("Tables").map(([table, , columns]) => [names(table)[0], names(columns)] as const);
    assert.deepEqual(
      documented.sort(([a], [b]) => String(a).localeCompare(String(b))),
      tables.map((table) => [table, columnsOf(table)]),
    );
    assert.match(text, new RegExp(`Schema ${migrations.length} `));
  } finally {
    database.close();
  }
});

test("docs/reference/storage.md tells the limits and their defaults", () => {
  const listed = tableUnder("Limits").map(([name, value]) => [names(name)[0], value] as const);
  const shown = (value: number) => (value >= 2 ** 20 ? `${value / 2 ** 20} MiB` : String(value));
  for (const [name, value] of Object.entries(defaultLimits)) {
    const [, documented] = listed.find(([listedName]) => listedName === name) ?? [];
    assert.ok(
      documented?.startsWith(shown(value)),
      `${name}: ${documented} in the document, ${shown(value)} in the code`,
    );
  }
  assert.equal(listed.length, Object.keys(defaultLimits).length);
});
