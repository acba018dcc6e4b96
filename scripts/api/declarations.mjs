// Reads the declarations that tsc emits. Its printer is canonical (a top-level statement begins at the left edge and
// nothing inside of one does), so lines are enough and no compiler is needed; a shape that is not known is an error.
// API Extractor 7.60 reads the same files: 7 s of CPU for six entries, and the inferred messages of the seventh (DMI) not
// within three minutes. This takes 0.2 s for all, so that every `npm run check` can compare.

const begin = /^(?:export |declare |import |interface |type |class |const |function |abstract )/;
const declared =
  /^(?:export )?(?:declare )?(?:abstract )?(?:async )?(const|function\*?|class|interface|type|let) ([\w$]+)/;
const clause = /^(import|export)(?: type)? \{([\s\S]*?)\}(?: from "([^"]+)")?;?$/;

/**
 * One top-level declaration: its name and kind, whether it is exported, the lines of its doc comment and its text.
 * @typedef {{ name: string, kind: string, exported: boolean, doc: string, text: string }} Declaration
 */

/** What a file declares, takes from others and hands on. Overloads of a function are one declaration. */
export function readDeclarations(text, file) {
  const found = { declarations: new Map(), imports: new Map(), reexports: new Map(), stars: [] };
  for (const { doc, text: statement } of statementsOf(text)) take(statement, doc, found, file);
  return found;
}

/** Statements at the left edge, each with the comment right before it. */
function statementsOf(text) {
  const statements = [];
  let comment = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("//#")) continue;
    if (/^(?:\/\*\*|\/\/| \*)/.test(line)) comment.push(line);
    else if (begin.test(line)) {
      statements.push({ doc: comment.join("\n"), lines: [line] });
      comment = [];
    } else {
      statements.at(-1)?.lines.push(...comment, line);
      comment = [];
    }
  }
  return statements.map(({ doc, lines }) => ({ doc: docOf(doc), text: lines.join("\n").trimEnd() }));
}

/** The last doc comment of several: the ones before it belong to the file. */
const docOf = (comment) => comment.slice(Math.max(0, comment.lastIndexOf("/**")));

function take(text, doc, found, file) {
  const [, kind, name] = declared.exec(text) ?? [];
  if (name !== undefined) {
    const before = found.declarations.get(name);
    const exported = text.startsWith("export ");
    const joined = before ? `${before.text}\n${text}` : text;
    found.declarations.set(name, { name, kind, exported, doc: before?.doc || doc, text: joined });
    return;
  }
  const [, all, as, from] = /^export (\*)(?: as (\w+))? from "([^"]+)";?$/.exec(text) ?? [];
  if (all && as) found.reexports.set(as, { from, name: "*" });
  else if (all) found.stars.push(from);
  else if (!takeNames(text, found) && !/^import (?:"|\w+ from|\* as|type \w+ from)/.test(text))
    throw new Error(`${file}: what is this? ${text.slice(0, 80)}`);
}

function takeNames(text, found) {
  const [, word, names, from] = clause.exec(text) ?? [];
  if (word === undefined) return false;
  for (const item of names.split(",")) {
    const [, original, alias = original] = /^\s*(?:type )?([\w$]+)(?: as ([\w$]+))?\s*$/.exec(item) ?? [];
    if (original === undefined) continue;
    (word === "import" ? found.imports : found.reexports).set(alias, { from, name: original });
  }
  return true;
}
