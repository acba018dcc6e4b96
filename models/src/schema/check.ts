import { didYouMean, nearest } from "@edgetwin/mapper-sdk";
import type { Findings } from "../findings.ts";
import { showBriefly } from "../issue.ts";
import type { ListSchema, ObjectSchema, Schema, TextSchema } from "./schema.ts";

/** Field names and list positions from the resource down to a value. */
export type Path = readonly (string | number)[];

/** `["spec", "properties", 2, "type"]` as `spec.properties[2].type`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    if (!/^[\w-]+$/.test(part)) return `${text}["${part}"]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}

/** What the checker needs besides schema and value. */
export interface CheckContext {
  readonly findings: Findings;
  /** The line of a path, when the value came from a text. */
  readonly lineOf?: (path: Path) => number | undefined;
}

/** Compares `value` with `schema` and reports every difference. Unknown fields and nulls are warnings: KubeEdge takes them. */
export function check(schema: Schema, value: unknown, context: CheckContext): void {
  new Check(context).any(schema, value, []);
}

class Check {
  readonly #context: CheckContext;

  constructor(context: CheckContext) {
    this.#context = context;
  }

  any(schema: Schema, value: unknown, path: Path): void {
    if (value === null) {
      this.#warn(path, value, "is empty and treated as if it were not there; remove it or fill it");
      return;
    }
    switch (schema.type) {
      case "text":
        return this.#text(schema, value, path);
      case "integer":
      case "number":
        return this.#number(schema, value, path);
      case "boolean":
        if (typeof value !== "boolean") this.#error(path, value, `expected true or false, got ${showBriefly(value)}`);
        return;
      case "free":
        if (!isObject(value)) this.#error(path, value, `expected an object, got ${showBriefly(value)}`);
        return;
      case "map":
        if (!isObject(value)) return this.#error(path, value, `expected an object, got ${showBriefly(value)}`);
        for (const [key, entry] of Object.entries(value)) this.any(schema.of, entry, [...path, key]);
        return;
      case "list":
        return this.#list(schema, value, path);
      case "object":
        return this.#object(schema, value, path);
    }
  }

  #text(schema: TextSchema, value: unknown, path: Path): void {
    if (typeof value !== "string") {
      const scalar = typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
      const fix = scalar ? `; quote it: "${value}"` : "";
      return this.#error(path, value, `expected text, got ${showBriefly(value)}${fix}`);
    }
    if (schema.oneOf && !schema.oneOf.includes(value)) {
      const options = schema.oneOf.join(", ");
      return this.#error(
        path,
        value,
        `expected one of ${options}, got ${showBriefly(value)}${didYouMean(value, schema.oneOf)}`,
      );
    }
    if (schema.notEmpty && value === "") this.#error(path, value, "must not be empty");
    if (!schema.like || schema.like.pattern.test(value)) return;
    const better = value.toLowerCase().replace(/[\s_]+/g, "-");
    const hint = better !== value && schema.like.pattern.test(better) ? `; did you mean "${better}"?` : "";
    this.#error(path, value, `expected ${schema.like.words}, got ${showBriefly(value)}${hint}`);
  }

  #number(schema: Schema & { type: "integer" | "number" }, value: unknown, path: Path): void {
    const { oneOf, min = -Infinity, max = Infinity } = schema;
    const words = schema.type === "integer" ? "a whole number" : "a number";
    const isNumber = typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value));
    if (!isNumber || (schema.type === "integer" && typeof value === "number" && !Number.isInteger(value))) {
      const numeric = typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value));
      const fix = numeric ? `; remove the quotes: ${value}` : "";
      return this.#error(path, value, `expected ${words}, got ${showBriefly(value)}${fix}`);
    }
    if (typeof value === "bigint" && BigInt.asIntN(64, value) !== value) {
      return this.#error(path, value, `expected ${words} of 64 bits, got ${value}`);
    }
    if (oneOf && !oneOf.includes(Number(value))) {
      return this.#error(path, value, `expected one of ${oneOf.join(", ")}, got ${value}`);
    }
    if (value < min || value > max) this.#error(path, value, `expected ${words} from ${min} to ${max}, got ${value}`);
  }

  #list({ of, key }: ListSchema, value: unknown, path: Path): void {
    if (!Array.isArray(value)) {
      const fix = isObject(value) ? '; begin every entry with "- "' : "";
      return this.#error(path, value, `expected a list, got ${showBriefly(value)}${fix}`);
    }
    const seen = new Map<string, number>();
    for (const [index, entry] of value.entries()) {
      const at = [...path, index];
      if (entry === null) this.#error(at, entry, "the entry is empty; remove it or fill it");
      else this.any(of, entry, at);
      const name: unknown = key === undefined || !isObject(entry) ? undefined : entry[key];
      if (key === undefined || typeof name !== "string") continue;
      const first = seen.get(name);
      if (first === undefined) seen.set(name, index);
      else
        this.#error(
          [...at, key],
          name,
          `"${name}" is already at ${formatPath([...path, first])}; rename or remove one of them`,
        );
    }
  }

  #object(schema: ObjectSchema, value: unknown, path: Path): void {
    if (!isObject(value)) return this.#error(path, value, `expected an object, got ${showBriefly(value)}`);
    for (const [name, entry] of Object.entries(value)) {
      const field = Object.hasOwn(schema.fields, name) ? schema.fields[name] : undefined;
      if (field) this.any(field, entry, [...path, name]);
      else this.#unknown({ schema, siblings: value, path, name });
    }
    for (const name of schema.required ?? []) {
      if (isAbsent(value[name]))
        this.#error([...path, name], value[name], `is missing${this.#misspelt(schema, value, name)}`);
    }
    const present = (names: readonly string[]) => names.filter((name) => !isAbsent(value[name]));
    const all = Object.keys(schema.fields);
    const group = schema.exactlyOne ? all : (schema.atMostOne ?? []);
    const given = present(group);
    const count = schema.exactlyOne ? "exactly one" : "at most one";
    if (given.length > 1)
      this.#error(path, value, `expected ${count} of ${group.join(", ")}, got ${given.join(" and ")}`);
    if (schema.exactlyOne && given.length === 0)
      this.#error(path, value, `expected exactly one of ${group.join(", ")}, got none`);
  }

  #unknown({
    schema,
    siblings,
    path,
    name,
  }: {
    schema: ObjectSchema;
    siblings: Fields;
    path: Path;
    name: string;
  }): void {
    // In an open object only a near miss of a known field deserves a word, and only where that field is absent.
    const near = nearest(name, Object.keys(schema.fields));
    if (schema.open) {
      if (near === undefined || !isAbsent(siblings[near]) || Math.abs(near.length - name.length) > 1) return;
    }
    const empty = Object.entries(schema.fields).filter(([field]) => siblings[field] === null);
    const parent =
      empty.find(([, inner]) => inner.type === "object" && Object.hasOwn(inner.fields, name)) ??
      empty.find(([, inner]) => inner.type === "free");
    const hint = parent
      ? `; it seems to belong below the empty "${parent[0]}": indent it by two more blanks`
      : didYouMean(name, Object.keys(schema.fields));
    this.#warn(
      [...path, name],
      siblings[name],
      `is no field of this API version; it is kept, but KubeEdge does not know it${hint}`,
    );
  }

  #misspelt(schema: ObjectSchema, value: Fields, name: string): string {
    const unknown = Object.keys(value).filter((key) => !Object.hasOwn(schema.fields, key));
    const near = nearest(name, unknown);
    return near === undefined ? "" : `; rename "${near}"`;
  }

  #error(path: Path, value: unknown, message: string): void {
    this.#context.findings.error({ ...this.#place(path), value, message });
  }

  #warn(path: Path, value: unknown, message: string): void {
    this.#context.findings.warn({ ...this.#place(path), value, message });
  }

  #place(path: Path): { path: string; line?: number } {
    const line = this.#context.lineOf?.(path);
    return { path: formatPath(path), ...(line !== undefined && { line }) };
  }
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isAbsent = (value: unknown): boolean => value === undefined || value === null;
