import { type Field, f } from "@edgetwin/mapper-sdk";

/** Names and positions on the way from a JSON document to one value in it. */
export type JsonPath = readonly (string | number)[];

/** One step: `.name`, `['any name']`, `["any name"]` or `[0]` (RFC 9535, 2.3: name and index selectors). */
const step = /\.([\p{L}_][\p{L}\p{N}_-]*)|\[(?:(\d+)|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/uy;

/** Reads `$.ENERGY.Power`, `$['a b'][0]`, or the same without `$.` before a name; undefined when it is none. */
export function parseJsonPath(text: string): JsonPath | undefined {
  const whole = text.startsWith("$") ? text.slice(1) : text.startsWith("[") ? text : `.${text}`;
  const path: (string | number)[] = [];
  for (let at = 0; at < whole.length; at = step.lastIndex) {
    step.lastIndex = at;
    const found = step.exec(whole);
    if (!found) return undefined;
    const [, name, index, single, double] = found;
    if (index !== undefined) path.push(Number(index));
    else path.push(name ?? unescaped((single ?? double) as string));
  }
  return path;
}

const unescaped = (text: string): string => text.replace(/\\(.)/gsu, "$1");

/** The same as text that {@link parseJsonPath} reads. */
export const showJsonPath = (path: JsonPath): string =>
  `$${path.map((part) => (typeof part === "number" ? `[${part}]` : `['${part.replace(/['\\]/g, "\\$&")}']`)).join("")}`;

/** What is at the end of `path`; undefined when the document does not have it. */
export function selectJson(document: unknown, path: JsonPath): unknown {
  let here = document;
  for (const part of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, part)) return undefined;
    here = (here as Record<string | number, unknown>)[part];
  }
  return here;
}

/** A setting that holds a path. It stays text: settings travel as JSON. */
export const pathField: Field<string, string> = f.custom("a JSON path like $.ENERGY.Power or $['a b'][0]", (raw) =>
  typeof raw === "string" && raw !== "" && parseJsonPath(raw) ? raw : undefined,
) as Field<string, string>;
