type Yaml = typeof import("yaml");

/** Levels beyond which a text is not parsed. Device resources have about ten. */
export const deepestLevel = 200;

/**
 * Whether a text is nested deeper than {@link deepestLevel}. Parsers of YAML call themselves for each level, and a stack that is
 * nearly used up ends the whole process when V8 then compiles a regular expression: 10 kB of `[` are enough. The lexer keeps
 * no stack, so it can look first. Blanks of indentation and indicators of one line count as levels, which is never too few.
 */
export function isNestedTooDeeply(yaml: Yaml, text: string): boolean {
  let flow = 0;
  let inLine = 0;
  let isLineStart = true;
  let isContent = false;
  for (const token of new yaml.Lexer().lex(text)) {
    // The token after this mark is the content of a scalar, whatever it looks like.
    const type: string | null = isContent ? "content" : yaml.CST.tokenType(token);
    isContent = type === "scalar";
    if (type === "newline" || type === "doc-mode") inLine = 0;
    else if (type === "seq-item-ind" || type === "explicit-key-ind") inLine++;
    else if (type === "flow-seq-start" || type === "flow-map-start") flow++;
    else if (type === "flow-seq-end" || type === "flow-map-end") flow = Math.max(0, flow - 1);
    else if (type === "space" && isLineStart && flow === 0) inLine = token.length;
    isLineStart = type === "newline" || type === "doc-mode";
    if (inLine + flow > deepestLevel && type !== "space") return true;
  }
  return false;
}
