// What a TypeScript or JavaScript source imports. A scanner and not the compiler, so that the check needs nothing
// installed and reads a file in microseconds; it knows comments, strings, templates and regular expressions.

/** An import of one source: what it names, how, and on which line. */
/** @typedef {{ specifier: string, kind: "static" | "dynamic" | "resolve", typeOnly: boolean, line: number }} Import */

/** After these characters a slash begins a regular expression; after others it divides. */
const beforeRegExp =
  /(?:^|[([{,;=:!&|?+\-*%<>~^}\n]|\b(?:return|typeof|case|in|of|do|else|void|delete|await|yield))\s*$/;

/**
 * The source with comments, templates and regular expressions blanked, and each string replaced by `"<number>"`, the
 * index into `strings`. Lines stay where they are.
 */
export function masked(source) {
  const strings = [];
  /** What `}` returns to: depth of braces inside each `${` of a template. */
  const templates = [];
  let code = "";
  let at = 0;
  const blank = (end) => {
    code += source.slice(at, end).replace(/[^\n]/g, " ");
    at = end;
  };
  const endOf = (pattern, from) => {
    pattern.lastIndex = from;
    return pattern.test(source) ? pattern.lastIndex : source.length;
  };
  const template = () => {
    const end = endOf(/(?:\\[\s\S]|[^\\`$]|\$(?!\{))*(?:`|\$\{)/y, at);
    const opens = source.slice(end - 2, end) === "${";
    blank(end);
    if (opens) templates.push(0);
  };

  while (at < source.length) {
    const two = source.slice(at, at + 2);
    const one = two[0];
    if (two === "//") blank(endOf(/[^\n]*/y, at));
    else if (two === "/*") blank(endOf(/[\s\S]*?\*\//y, at));
    else if (two === "#!" && at === 0) blank(endOf(/[^\n]*/y, at));
    else if (one === '"' || one === "'") {
      const end = endOf(one === '"' ? /"(?:\\[\s\S]|[^"\\\n])*"/y : /'(?:\\[\s\S]|[^'\\\n])*'/y, at);
      code += `"${strings.push(source.slice(at + 1, end - 1)) - 1}"`;
      at = end;
    } else if (one === "`") {
      blank(at + 1);
      template();
    } else if (one === "/" && beforeRegExp.test(code.slice(-40))) {
      blank(endOf(/\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y, at));
    } else if (one === "}" && templates.at(-1) === 0) {
      templates.pop();
      blank(at + 1);
      template();
    } else {
      if (templates.length > 0 && one === "{") templates[templates.length - 1]++;
      if (templates.length > 0 && one === "}") templates[templates.length - 1]--;
      code += one;
      at++;
    }
  }
  return { code, strings };
}

const declaration = /\b(?:import|export)(\s+type\b(?!\s*(?:,|from\b)))?\s*(?:[\w*{][^"();]*?\bfrom\s*)?"(\d+)"/g;
const call = /\b(import|require|require\.resolve|import\.meta\.resolve)\s*\(\s*"(\d+)"/g;

/** Everything `source` imports by a literal name, in order of appearance. @returns {Import[]} */
export function importsOf(source) {
  const { code, strings } = masked(source);
  const lineOf = (index) => code.slice(0, index).split("\n").length;
  const found = [];
  for (const match of code.matchAll(declaration)) {
    const [, type, index] = match;
    const line = lineOf(match.index);
    found.push({ at: match.index, specifier: strings[index], kind: "static", typeOnly: type !== undefined, line });
  }
  for (const match of code.matchAll(call)) {
    const typeOnly = /[:|&<]\s*(?:typeof\s+)?$/.test(code.slice(0, match.index)); // a type: `x: import("y").Z`
    const line = lineOf(match.index);
    const kind = match[1].endsWith("resolve") ? "resolve" : "dynamic";
    found.push({ at: match.index, specifier: strings[match[2]], kind, typeOnly, line });
  }
  return found.sort((a, b) => a.at - b.at).map(({ at: _, ...rest }) => rest);
}

/** Whether `source` has a default export. */
export function hasDefaultExport(source) {
  const { code } = masked(source);
  return /\bexport\s+default\b/.test(code) || /\bexport\s*\{[^}]*\bas\s+default\b/.test(code);
}
