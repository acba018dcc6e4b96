/** A TypeScript expression that can be laid out. */
export type Source =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly Source[] }
  | { readonly kind: "object"; readonly entries: readonly SourceEntry[]; readonly open?: boolean }
  | { readonly kind: "call"; readonly callee: string; readonly args: readonly Source[] };

/** One entry of an object literal. */
export interface SourceEntry {
  /** As written before the colon: `level`, `"a b"`. */
  readonly key: string;
  readonly value: Source;
  /** Text of the doc comment above it, one line. */
  readonly comment?: string | undefined;
}

/** Something that is written as it is, always on one line. */
export const text = (written: string): Source => ({ kind: "text", text: written });

/** Characters per line, as in this repository. */
const lineWidth = 120;

/** Where an expression stands: its indentation, and what precedes and follows it on its own lines. */
interface Place {
  readonly indent: number;
  readonly before: number;
  readonly after: number;
}

/**
 * `source` as the formatters Biome and Prettier lay it out: on one line where it fits, else broken from the outside in, an
 * object at the end of a call first. `before` and `after` count the characters that share its first and last line.
 */
export function layOut(source: Source, { indent, before, after }: Place): string {
  const flat = onOneLine(source);
  if (flat !== undefined && before + flat.length + after <= lineWidth) return flat;
  const deeper = indent + 2;
  const margin = " ".repeat(deeper);
  const end = " ".repeat(indent);
  const item = (entry: Source) => `${margin}${layOut(entry, { indent: deeper, before: deeper, after: 1 })},\n`;
  switch (source.kind) {
    case "text":
      return source.text;
    case "list":
      return `[\n${source.items.map(item).join("")}${end}]`;
    case "object":
      return `{\n${source.entries.map((entry) => entryText(entry, deeper)).join("")}${end}}`;
    case "call": {
      const { callee, args } = source;
      const last = args.at(-1);
      const rest = args.slice(0, -1).map(onOneLine);
      const head = `${callee}(${rest.map((arg) => `${arg}, `).join("")}`;
      const hugs = last?.kind === "object" && !rest.includes(undefined) && before + head.length + 1 <= lineWidth;
      if (hugs) return `${head}${layOut(last, { indent, before: lineWidth, after: 0 })})`;
      return args.length === 0 ? `${callee}()` : `${callee}(\n${args.map(item).join("")}${end})`;
    }
  }
}

function entryText({ key, value, comment }: SourceEntry, indent: number): string {
  const margin = " ".repeat(indent);
  const start = `${key}: `;
  const laidOut = layOut(value, { indent, before: indent + start.length, after: 1 });
  return `${comment === undefined ? "" : `${margin}/** ${comment} */\n`}${margin}${start}${laidOut},\n`;
}

/** All of it on one line; undefined when something in it always has lines of its own. */
function onOneLine(source: Source): string | undefined {
  switch (source.kind) {
    case "text":
      return source.text;
    case "list": {
      // Several objects of several entries stand below each other.
      const isTable = source.items.length > 1 && source.items.every(hasEntries);
      return isTable ? undefined : joined(source.items.map(onOneLine), ["[", "]"]);
    }
    case "object": {
      if (source.open === true) return undefined;
      const entries = source.entries.map(({ key, value }) => prefixed(`${key}: `, onOneLine(value)));
      return entries.length === 0 ? "{}" : joined(entries, ["{ ", " }"]);
    }
    case "call":
      return joined(source.args.map(onOneLine), [`${source.callee}(`, ")"]);
  }
}

const hasEntries = (source: Source): boolean => source.kind === "object" && source.entries.length > 1;

const prefixed = (prefix: string, flat: string | undefined) => (flat === undefined ? undefined : prefix + flat);

const joined = (parts: readonly (string | undefined)[], [start, end]: readonly [string, string]) =>
  parts.includes(undefined) ? undefined : `${start}${parts.join(", ")}${end}`;
