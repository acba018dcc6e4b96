// The public types of a package as one file to review: what is exported, by which entry, without comments.
import { codeOf, keyOf } from "./entries.mjs";

const head = (
  name,
) => `// The public types of ${name}, entry by entry, for review. Written by \`node scripts/api-report.mjs\` from
// the declarations that tsc emits; a change here is a change for everybody who writes a mapper. Nothing compiles this file.
// Messages of DMI appear as the tables of their fields, whose types tsc infers.
`;

/** The report over the entries of a package, as text. */
export function reportOf(name, entries) {
  const home = new Map();
  const modules = entries.map(({ entry, names, hidden }) => {
    const lines = linesOf(names, { entry, home });
    if (hidden.length > 0) {
      lines.push("// Mentioned above, exported by no entry:");
      for (const one of hidden) lines.push(statementOf(one).replace(/^export /gm, ""));
    }
    return `declare module "${entry}" {\n${indent(lines.join("\n"))}\n}\n`;
  });
  return [head(name), ...modules].join("\n");
}

/** Statements of an entry; what an earlier entry exports as well is only named. */
function linesOf(names, { entry, home }) {
  const again = new Map();
  const lines = [];
  for (const one of names) {
    if (one.namespace) {
      lines.push(`export namespace ${one.as} {\n${indent(linesOf(one.namespace, { entry, home }).join("\n"))}\n}`);
      continue;
    }
    const first = home.get(keyOf(one));
    if (first === undefined || first === entry) {
      home.set(keyOf(one), entry);
      lines.push(statementOf(one));
    } else again.set(first, [...(again.get(first) ?? []), one.as]);
  }
  return [...[...again].map(([from, as]) => `export { ${as.join(", ")} } from "${from}";`), ...lines];
}

/** A declaration as a reader of types wants it: no comments, no paths of files. */
function statementOf({ as, declaration: { name, text, fromSource } }) {
  const code = codeOf(text)
    // tsc indents by four, the formatter of the sources by two.
    .replace(/^(?: {4})+/gm, (spaces) => (fromSource ? spaces : spaces.slice(spaces.length / 2)))
    .replace(/\bimport\("[^"]+"\)\./g, "")
    .replace(/^(export )?declare /gm, "$1");
  return as === name ? code : `${code}\nexport { ${name} as ${as} };`;
}

const indent = (text) => text.replace(/^(?=.)/gm, "  ");
