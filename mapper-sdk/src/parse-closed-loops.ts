import type { Condition } from "./closed-loop.ts";
import { didYouMean } from "./did-you-mean.ts";
import { parseDuration } from "./duration.ts";
import { MapperError } from "./errors.ts";
import type { Property } from "./model.ts";
import { showValue, type Value } from "./value.ts";

/** A closed loop, checked: values are those of the twin, times milliseconds. */
export interface CheckedLoop {
  readonly by: string;
  readonly withinMs: number;
  /** What `by` must show once `value` was written; undefined when that value is only read back. */
  conditionFor(value: Value): CheckedCondition | undefined;
}

/** {@link Condition} with a value of the twin. */
export type CheckedCondition = Condition<Value>;

/** Something wrong with closed loops; `path` is below them: `power.when.ON.min`. */
export interface LoopIssue {
  readonly path: string;
  readonly value: unknown;
  readonly message: string;
}

/** The closed loops of a model or a device, and what is wrong with them. */
export interface ParsedLoops {
  readonly loops: ReadonlyMap<string, CheckedLoop>;
  readonly issues: readonly LoopIssue[];
}

const loopFields = ["by", "when", "tolerance", "within"];
const conditionFields = ["min", "max", "equals", "changes"];
const defaultMs = 5_000;
const longestMs = 3_600_000;

/** Checks closed loops as data, by property name; what is wrong is an issue, and that loop is left out. */
export function parseClosedLoops(properties: Readonly<Record<string, Property>>, raw: unknown): ParsedLoops {
  const issues: LoopIssue[] = [];
  const loops = new Map<string, CheckedLoop>();
  if (!isObject(raw)) {
    issues.push({ path: "", value: raw, message: `expected an object by property, got ${showValue(raw)}` });
    return { loops, issues };
  }
  for (const [name, entry] of Object.entries(raw)) {
    const before = issues.length;
    const note = (at: string, value: unknown, message: string) =>
      issues.push({ path: at === "" ? name : `${name}.${at}`, value, message });
    const loop = parseLoop({ name, properties, note }, entry);
    if (loop && issues.length === before) loops.set(name, loop);
  }
  return { loops, issues };
}

interface Context {
  readonly name: string;
  readonly properties: Readonly<Record<string, Property>>;
  readonly note: (at: string, value: unknown, message: string) => void;
}

function parseLoop({ name, properties, note }: Context, entry: unknown): CheckedLoop | undefined {
  const written = find(properties, name);
  if (!written) {
    note("", entry, `the model has no property "${name}"${didYouMean(name, Object.keys(properties))}`);
    return undefined;
  }
  if (written.access === "r") note("", entry, `"${name}" is read-only, so nobody writes what could be verified`);
  if (!isObject(entry)) {
    note("", entry, `expected an object with "by", got ${showValue(entry)}`);
    return undefined;
  }
  noteUnknown(entry, loopFields, (field) =>
    note(field, entry[field], `is no field here${didYouMean(field, loopFields)}`),
  );
  const { by, when, tolerance, within = defaultMs } = entry;
  const other = typeof by === "string" ? find(properties, by) : undefined;
  if (!other || by === name) {
    const others = Object.keys(properties).filter((candidate) => candidate !== name);
    const hint = typeof by === "string" ? didYouMean(by, others) : "";
    note("by", by, `expected the name of another property, got ${showValue(by)}${hint}`);
    return undefined;
  }
  const withinMs = parseDuration(within);
  if (withinMs === undefined || withinMs === 0 || withinMs > longestMs) {
    note("within", within, `expected a duration up to 1h such as "5s", got ${showValue(within)}`);
  }
  const time = { by: by as string, withinMs: withinMs ?? defaultMs };
  if ((when === undefined) === (tolerance === undefined)) {
    note("", entry, `needs either "when" (a condition by value) or "tolerance" (the other follows the value)`);
    return undefined;
  }
  if (tolerance !== undefined) {
    if (!isNumeric(written) || !isNumeric(other))
      note("tolerance", tolerance, "both properties must be numbers; use when");
    if (!isNumber(tolerance) || tolerance < 0) note("tolerance", tolerance, "expected a number of at least 0");
    const off = Number(tolerance);
    return { ...time, conditionFor: (value) => ({ min: Number(value) - off, max: Number(value) + off }) };
  }
  if (!isObject(when) || Object.keys(when).length === 0) {
    note("when", when, `expected conditions by value such as {"ON":{"min":300}}, got ${showValue(when)}`);
    return undefined;
  }
  const conditions = new Map<string, CheckedCondition>();
  for (const [text, condition] of Object.entries(when)) {
    const noteHere = (at: string, value: unknown, message: string) => note(`when.${text}${at}`, value, message);
    const key = text === "*" ? text : keyOf(written, text, noteHere);
    const checked = parseCondition(other, condition, noteHere);
    if (key !== undefined && checked) conditions.set(key, checked);
  }
  return { ...time, conditionFor: (value) => conditions.get(textOf(value)) ?? conditions.get("*") };
}

type Note = Context["note"];

function parseCondition(other: Property, raw: unknown, note: Note): CheckedCondition | undefined {
  if (!isObject(raw) || Object.keys(raw).length === 0) {
    note("", raw, `expected a condition such as {"min":300}, got ${showValue(raw)}`);
    return undefined;
  }
  noteUnknown(raw, conditionFields, (field) =>
    note(`.${field}`, raw[field], `is no condition${didYouMean(field, conditionFields)}`),
  );
  const { min, max, equals, changes } = raw;
  for (const [field, value] of Object.entries({ min, max })) {
    if (value !== undefined && (!isNumber(value) || !isNumeric(other))) {
      note(`.${field}`, value, "expected a number, and a property that is one");
    }
  }
  if (isNumber(min) && isNumber(max) && min > max) note(".min", min, `is above max, ${max}; exchange them`);
  const moves = isNumber(changes) && changes > 0 && isNumeric(other);
  if (changes !== undefined && changes !== true && !moves) {
    note(".changes", changes, "expected true, or for a number how much it must change");
  }
  return {
    ...(isNumber(min) && { min }),
    ...(isNumber(max) && { max }),
    ...(equals !== undefined && { equals: accepted(other, equals, (message) => note(".equals", equals, message)) }),
    ...(changes !== undefined && { changes: changes as number | true }),
  } as CheckedCondition;
}

/** The value that a key stands for, as the one text that it has: `on` is refused for `ON`, `5.0` for `5`. */
function keyOf(property: Property, text: string, note: Note): string | undefined {
  const value = accepted(property, fromText(property, text), (message) => note("", text, message));
  if (value === undefined) return undefined;
  if (textOf(value) === text) return text;
  note("", text, `write it as "${textOf(value)}"`);
  return undefined;
}

function fromText({ type }: Property, text: string): unknown {
  if (type === "BOOLEAN") return text === "true" ? true : text === "false" ? false : text;
  if (type === "INT") return /^-?\d+$/.test(text) ? BigInt(text) : text;
  if (type === "FLOAT" || type === "DOUBLE") return text.trim() === "" ? text : Number(text);
  return text;
}

function accepted(property: Property, value: unknown, refuse: (message: string) => void): Value | undefined {
  try {
    return property.toTwin(property.accept(value));
  } catch (error) {
    if (!(error instanceof MapperError)) throw error;
    refuse(error.message);
    return undefined;
  }
}

const textOf = (value: Value): string => (value instanceof Uint8Array ? "" : String(value));

const find = (properties: Context["properties"], name: string): Property | undefined =>
  Object.hasOwn(properties, name) ? properties[name] : undefined;

const isNumeric = ({ type }: Property): boolean => type === "INT" || type === "FLOAT" || type === "DOUBLE";

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function noteUnknown(given: object, known: readonly string[], note: (field: string) => void): void {
  for (const field of Object.keys(given)) if (!known.includes(field)) note(field);
}
