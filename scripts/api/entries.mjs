// What the entries of a package export, from the declarations that tsc wrote for them.
import { readFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { readDeclarations } from "./declarations.mjs";

/** A type that names other files is one that nobody wrote: tsc inferred it. The source says the same in a table of fields. */
const inferred = /\bimport\("\.[\s\S]*\n/;

/**
 * The public names of the package in `folder`, entry by entry in the order of its `exports`:
 * `{ entry, names: { as, file, declaration } | { as, namespace: [...] } }`, `hidden` being what a declaration mentions
 * and nobody exports. Paths of files are those of the sources, relative to the package.
 */
export async function readEntries(folder) {
  const { name, exports } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const files = new Map();
  const file = (path) => {
    if (!files.has(path)) files.set(path, readSource(folder, path));
    return files.get(path);
  };
  const entries = [];
  for (const [key, target] of Object.entries(exports)) {
    const entry = posix.join(name, key);
    entries.push({ entry, names: await namesOf(target.replace("./dist/", "").replace(/\.js$/, ".ts"), file) });
  }
  const exported = new Set(entries.flatMap(({ names }) => flat(names)).map(keyOf));
  for (const entry of entries) entry.hidden = await hiddenOf(entry.names, exported, file);
  return entries;
}

/** All names with a declaration of their own, those inside of namespaces too. */
export const flat = (names) => names.flatMap((name) => (name.namespace ? flat(name.namespace) : [name]));

/** Tells declarations apart that have the same name. */
export const keyOf = ({ file, declaration }) => `${file}#${declaration.name}`;

/** A table is handed to something that makes a message or a service of it, or is the long part of one. */
const isTable = (written, emitted) =>
  !written.includes("=>") && (/^(?:export )?const \w+ = \w+\(/.test(written) || emitted.split("\n").length > 40);

async function readSource(folder, path) {
  const declared = readDeclarations(await readFile(join(folder, "dist", path.replace(/\.ts$/, ".d.ts")), "utf8"), path);
  const unread = [...declared.declarations.values()].filter(
    ({ kind, text }) => kind === "const" && inferred.test(text),
  );
  if (unread.length > 0) {
    const source = readDeclarations(await readFile(join(folder, path), "utf8"), path);
    for (const { name, text } of unread) {
      const written = source.declarations.get(name);
      if (isTable(written.text, text)) declared.declarations.set(name, { ...written, fromSource: true });
    }
  }
  return declared;
}

async function namesOf(path, file) {
  const { declarations, reexports, stars } = await file(path);
  const names = [];
  for (const [as, { from, name }] of reexports) {
    if (from === undefined) names.push(await resolve(path, name, as, file));
    else if (name === "*") names.push({ as, file: path, namespace: await namesOf(next(path, from), file) });
    else names.push(await resolve(next(path, from), name, as, file));
  }
  for (const from of stars) names.push(...(await namesOf(next(path, from), file)));
  for (const declaration of declarations.values())
    if (declaration.exported) names.push(await resolve(path, declaration.name, declaration.name, file));
  return names.toSorted((a, b) => (a.as < b.as ? -1 : 1));
}

/** The declaration behind `name`, and how many are before it in its file. */
async function resolve(path, name, as, file) {
  const found = await find(path, name, file);
  if (!found) throw new Error(`${path}: there is no ${name}`);
  return { as, ...found, at: [...(await file(found.file)).declarations.keys()].indexOf(found.declaration.name) };
}

const next = (path, from) => posix.join(dirname(path), from.replace(/\.js$/, ".ts"));

/** Where `name`, as `path` knows it, is declared; undefined when another package does. */
async function find(path, name, file) {
  const { declarations, imports, reexports, stars } = await file(path);
  const declaration = declarations.get(name);
  if (declaration) return { file: path, declaration };
  const { from, name: original } = reexports.get(name) ?? imports.get(name) ?? {};
  if (from?.startsWith(".")) return find(next(path, from), original, file);
  for (const star of stars) {
    const found = await find(next(path, star), name, file);
    if (found) return found;
  }
}

/** The declarations, declared somewhere in the package, that `declaration` mentions. */
async function mentionsOf({ file: path, declaration }, file) {
  const found = [];
  const text = codeOf(declaration.text);
  for (const [, from, name] of text.matchAll(/import\("([^"]+)"\)\.(\w+)/g))
    if (from.startsWith(".")) found.push(await find(next(path, from), name, file));
  const values = [...text.matchAll(/typeof (\w+)/g)].map(([, name]) => name);
  for (const word of new Set([...(text.match(/(?<![.\w"])[A-Z][\w$]*/g) ?? []), ...values]))
    found.push(await find(path, word, file));
  return found.filter((one) => one && one.declaration !== declaration);
}

async function hiddenOf(names, exported, file) {
  const hidden = new Map();
  const queue = flat(names);
  for (const name of queue) {
    name.mentions = await mentionsOf(name, file);
    for (const one of name.mentions) {
      if (exported.has(keyOf(one)) || hidden.has(keyOf(one))) continue;
      hidden.set(keyOf(one), { as: one.declaration.name, ...one });
      queue.push(hidden.get(keyOf(one)));
    }
  }
  return [...hidden.values()].toSorted((a, b) => (a.as < b.as ? -1 : 1));
}

/** The text without its comments, and with types of other files by their name. */
export const codeOf = (text) =>
  text
    .replace(/^\s*\/\*\*[\s\S]*?\*\/\n?/gm, "")
    .replace(/^\s*\/\/.*\n/gm, "")
    .replace(/^ {4}#private;\n/m, "");
