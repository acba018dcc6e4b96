// The committed report of the SDK's public types and its reference say what the code says, and nothing is left out.
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { apiFiles } from "../../scripts/api/api-files.mjs";
import { staleFiles } from "../../scripts/api/committed.mjs";
import { readDeclarations } from "../../scripts/api/declarations.mjs";
import { tagsOf } from "../../scripts/api/doc-comment.mjs";
import { readEntries } from "../../scripts/api/entries.mjs";
import { placesOf } from "../../scripts/api/reference.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const entries = readEntries(join(root, "mapper-sdk"));

test("mapper-sdk/api.d.ts and docs/reference/sdk are what `node scripts/api-report.mjs` writes", async () =>
  assert.deepEqual(await staleFiles(root, await apiFiles(root)), []));

test("everything that the SDK exports has a doc comment", async () => {
  const silent = [...placesOf(await entries).values()].filter(({ declaration }) => tagsOf(declaration.doc).text === "");
  assert.deepEqual(
    silent.map(({ file, as }) => `mapper-sdk/${file}: ${as}`),
    [],
  );
});

test("every public name is explained on exactly one page, by one heading", async () => {
  const { files } = await apiFiles(root);
  const headings = [...files].flatMap(([path, text]) => {
    const names = path.endsWith("/names.md") ? [] : text.matchAll(/^## (.*)$/gm);
    return [...names].map(([, name]) => `${path} ${name}`);
  });
  const places = [...placesOf(await entries).values()];
  assert.deepEqual(headings.toSorted(), places.map(({ page, as }) => `docs/reference/sdk/${page}.md ${as}`).toSorted());
  assert.ok(places.length > 300);
});

test("every value that an entry exports at run time is in the report", async () => {
  for (const { entry, names } of await entries) {
    const loaded = Object.keys(await import(entry)).toSorted();
    const values = names.filter(({ declaration: { kind } = {} }) => kind !== "interface" && kind !== "type");
    assert.deepEqual(values.map(({ as }) => as).toSorted(), loaded, entry);
  }
});

describe("declarations", () => {
  const read = (text) => readDeclarations(text, "x.ts");

  test("are told apart with their comments, overloads together", () => {
    const { declarations } = read(`/** Of the file. */
import { A } from "./a.ts";
/** One. */
export declare function one(a: A): void;
export declare function one(): void;
/** Two. @throws never */
export interface Two {
    /** Inside. */
    readonly a: A;
}
type Three = 
/** It is busy. */
"busy"
/** It is gone. */
 | "gone";
//# sourceMappingURL=x.d.ts.map
`);
    const shown = [...declarations.values()].map(({ name, kind, exported, doc }) => [name, kind, exported, doc]);
    assert.deepEqual(shown, [
      ["one", "function", true, "/** One. */"],
      ["Two", "interface", true, "/** Two. @throws never */"],
      ["Three", "type", false, ""],
    ]);
    assert.match(declarations.get("one").text, /\(a: A\)[\s\S]*\(\)/);
    assert.match(declarations.get("Three").text, /busy[\s\S]*gone/);
  });

  test("name where the rest comes from", () => {
    const { imports, reexports, stars } = read(`import { type A, B as C } from "./a.ts";
export { type D, e as f } from "./d.ts";
export * as g from "./g.ts";
export * from "./h.ts";
`);
    assert.deepEqual(Object.fromEntries(imports), {
      A: { from: "./a.ts", name: "A" },
      C: { from: "./a.ts", name: "B" },
    });
    assert.deepEqual(Object.fromEntries(reexports), {
      D: { from: "./d.ts", name: "D" },
      f: { from: "./d.ts", name: "e" },
      g: { from: "./g.ts", name: "*" },
    });
    assert.deepEqual(stars, ["./h.ts"]);
  });

  test("of an unknown shape are an error that shows them", () => {
    assert.throws(() => read("declare module 'x' {\n}\n"), /x\.ts: what is this\? declare module/);
  });
});

test("a tag may follow its sentence; one that nobody shows is an error", () => {
  assert.deepEqual(tagsOf("/** Owns it. @param onLate gets what failed.\n * @throws RangeError when late. */"), {
    text: "Owns it.",
    params: [{ name: "onLate", text: "gets what failed." }],
    throws: ["RangeError when late."],
    returns: "",
  });
  assert.throws(() => tagsOf("/** Old. @example x */"), /@example/);
});
