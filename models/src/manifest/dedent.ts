/**
 * A text whose documents begin unindented and go on indented by the same blanks in every other line, with that indent
 * removed; undefined when there is nothing to remove. Manifests copied out of a list in a web page look like this, and
 * one of KubeEdge's own samples does. Lines keep their numbers.
 */
export function dedent(
  text: string,
): { readonly text: string; readonly line: number; readonly blanks: number } | undefined {
  const lines = text.split("\n");
  let changed: { line: number; blanks: number } | undefined;
  let start = 0;
  for (let end = 0; end <= lines.length; end++) {
    if (end < lines.length && !/^(---|\.\.\.)(\s|$)/.test(lines[end] as string)) continue;
    const found = dedentDocument(lines, start, end);
    changed ??= found;
    start = end + 1;
  }
  return changed && { text: lines.join("\n"), ...changed };
}

/** Works on `lines` from `start` to before `end`, in place. */
function dedentDocument(lines: string[], start: number, end: number): { line: number; blanks: number } | undefined {
  const full = Array.from({ length: end - start }, (_, offset) => start + offset).filter((at) =>
    /^\s*[^\s#]/.test(lines[at] as string),
  );
  const [first, ...others] = full;
  if (first === undefined || others.length === 0 || /^\s/.test(lines[first] as string)) return undefined;
  const blanks = Math.min(...others.map((at) => /^ */.exec(lines[at] as string)?.[0].length ?? 0));
  if (blanks === 0) return undefined;
  for (let at = first + 1; at < end; at++) lines[at] = (lines[at] as string).replace(new RegExp(`^ {1,${blanks}}`), "");
  return { line: (others[0] as number) + 1, blanks };
}
