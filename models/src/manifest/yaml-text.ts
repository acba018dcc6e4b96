import type { Document, LineCounter, Node, YAMLError } from "yaml";
import type { Findings } from "../findings.ts";
import { formatPath, type Path } from "../schema/check.ts";
import { dedent } from "./dedent.ts";
import { deepestLevel, isNestedTooDeeply } from "./nesting.ts";
import { ambiguousScalars } from "./yaml11.ts";

/** One document of a YAML stream as plain JSON-like data; whole numbers beyond 2^53 are `bigint`. */
export interface YamlDocument {
  readonly value: unknown;
  /** Line of its first content. */
  readonly line: number;
  /** Line of the key or list entry at `path`, or of what encloses it. */
  readonly lineOf: (path: Path) => number | undefined;
}

type Yaml = typeof import("yaml");

/**
 * The documents of a YAML 1.2 or JSON text; empty ones are left out. YAML 1.2, because in it an unquoted `OFF` stays
 * text. Errors and everything that other readers understand differently go to `findings`.
 */
export async function readYaml(text: string, findings: Findings): Promise<readonly YamlDocument[]> {
  // Loaded when first needed: an agent that starts from its database never reads YAML, and the parser costs memory.
  const yaml = await import("yaml");
  if (isNestedTooDeeply(yaml, text)) {
    findings.error({ path: "", message: `it is nested deeper than ${deepestLevel} levels; no device resource is` });
    return [];
  }
  const { documents, lines } = parseDocuments(yaml, text, findings);
  return documents.flatMap((document): YamlDocument[] => {
    const lineOf = (path: Path) => lineAt(yaml, { document, lines, path });
    for (const error of document.errors)
      findings.error({ path: "", line: lines.linePos(error.pos[0]).line, message: explain(error, text) });
    for (const warning of document.warnings)
      findings.warn({ path: "", line: lines.linePos(warning.pos[0]).line, message: warning.message });
    if (document.errors.length > 0 || document.contents === null) return [];
    for (const { path, message, value } of ambiguousScalars(yaml, document.contents as Node)) {
      const line = lineOf(path);
      findings.warn({ path: formatPath(path), value, message, ...(line !== undefined && { line }) });
    }
    const value = plain(document, { lineOf, findings });
    return value === null || value === undefined ? [] : [{ value, line: lineOf([]) ?? 1, lineOf }];
  });
}

interface Parsed {
  readonly documents: readonly Document[];
  readonly lines: LineCounter;
}

function parseDocuments(yaml: Yaml, text: string, findings: Findings): Parsed {
  const parsed = parse(yaml, text);
  if (parsed.documents.every(({ errors }) => errors.length === 0)) return parsed;
  const dedented = dedent(text);
  const again = dedented && parse(yaml, dedented.text);
  if (!again?.documents.every(({ errors }) => errors.length === 0)) return parsed;
  const message = `this line and all below are indented by ${dedented?.blanks} blanks more than the first; read without them, but no other tool will: remove them`;
  findings.warn({ path: "", line: dedented?.line ?? 1, message });
  return again;
}

function parse(yaml: Yaml, text: string): Parsed {
  const lines = new yaml.LineCounter();
  const options = { version: "1.2", schema: "core", merge: true, intAsBigInt: true, prettyErrors: false } as const;
  const documents = yaml.parseAllDocuments(text, { ...options, lineCounter: lines });
  return { documents: Array.isArray(documents) ? documents : [], lines };
}

/** What the parser found, with the fix where it is known. */
function explain({ code, message, pos }: YAMLError, text: string): string {
  if (code === "TAB_AS_INDENT") return "a tab is used for indentation; YAML wants blanks";
  if (code === "DUPLICATE_KEY") {
    const key = /^[^:\n]*/.exec(text.slice(pos[0]))?.[0].trim();
    return `the key ${key} is there twice in the same object; remove or rename one of them`;
  }
  return message;
}

interface Reading {
  readonly lineOf: (path: Path) => number | undefined;
  readonly findings: Findings;
}

/** The document as data. `toJS` refuses aliases that multiply without bounds. */
function plain(document: Document, reading: Reading): unknown {
  try {
    return narrow(document.toJS({ maxAliasCount: 100 }), [], reading);
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    reading.findings.error({ path: "", line: reading.lineOf([]) ?? 1, message: error.message });
    return undefined;
  }
}

/** Integers that fit a `number` become one; what JSON cannot say is an error. */
function narrow(value: unknown, path: Path, reading: Reading): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map((entry, index) => narrow(entry, [...path, index], reading));
  if (typeof value === "number" && !Number.isFinite(value)) {
    const message = `${value} is no value of JSON; quote it if it is text`;
    reading.findings.error({ path: formatPath(path), line: reading.lineOf(path) ?? 1, value, message });
    return null;
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, narrow(entry, [...path, key], reading)]));
}

interface Place extends Pick<Parsed, "lines"> {
  readonly document: Document;
  readonly path: Path;
}

function lineAt(yaml: Yaml, { document, lines, path }: Place): number | undefined {
  let node: unknown = document.contents;
  let offset = yaml.isNode(node) ? node.range?.[0] : undefined;
  for (const part of path) {
    if (yaml.isAlias(node)) node = node.resolve(document);
    if (yaml.isMap(node)) {
      const pair = node.items.find(({ key }) => String(yaml.isScalar(key) ? key.value : key) === part);
      if (!pair) break;
      offset = yaml.isNode(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
      node = pair.value;
    } else if (yaml.isSeq(node) && typeof part === "number" && part < node.items.length) {
      node = node.items[part];
      offset = yaml.isNode(node) ? (node.range?.[0] ?? offset) : offset;
    } else break;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}
