import { isObject, sameJson } from "./json.ts";

/** One step into a value: a field, or the entry of a list whose field `key` is `value`. */
export type Step = string | readonly [key: string, value: string];

/**
 * One difference between two JSON values. `was` and `now` are absent where there was or is nothing; `order` puts the
 * entries of a list into the order of their names.
 */
export interface Edit {
  readonly at: readonly Step[];
  readonly was?: unknown;
  readonly now?: unknown;
  readonly order?: readonly string[];
}

/** Fields by which the lists of the device API name their entries. */
const keys = ["propertyName", "name"] as const;

/** The edits that make `to` of `from`. */
export function diff(from: unknown, to: unknown, at: readonly Step[] = []): Edit[] {
  if (sameJson(from, to)) return [];
  if (isObject(from) && isObject(to)) {
    const names = new Set([...Object.keys(from), ...Object.keys(to)]);
    return [...names].flatMap((name) => diffAt(own(from, name), own(to, name), [...at, name]));
  }
  if (Array.isArray(from) && Array.isArray(to)) {
    const key = commonKey(from, to);
    if (key !== undefined) return diffLists({ from: byName(from, key), to: byName(to, key), key }, at);
  }
  return [{ at, was: from, now: to }];
}

function diffAt(from: unknown, to: unknown, at: readonly Step[]): Edit[] {
  if (from === undefined) return to === undefined ? [] : [{ at, now: to }];
  return to === undefined ? [{ at, was: from }] : diff(from, to, at);
}

interface NamedLists {
  readonly from: ReadonlyMap<string, unknown>;
  readonly to: ReadonlyMap<string, unknown>;
  readonly key: string;
}

function diffLists({ from, to, key }: NamedLists, at: readonly Step[]): Edit[] {
  const names = new Set([...from.keys(), ...to.keys()]);
  const edits = [...names].flatMap((name) => diffAt(from.get(name), to.get(name), [...at, [key, name]]));
  const wanted = [...to.keys()];
  const patched = [...names].filter((name) => to.has(name));
  return patched.every((name, index) => name === wanted[index]) ? edits : [...edits, { at, order: wanted }];
}

/** The field that names every entry of both lists, each differently; undefined when there is none. */
function commonKey(from: readonly unknown[], to: readonly unknown[]): string | undefined {
  return keys.find((key) => [from, to].every((list) => list.length > 0 && byName(list, key).size === list.length));
}

function byName(list: readonly unknown[], key: string): Map<string, unknown> {
  return new Map(
    list.flatMap((entry) => (isObject(entry) && typeof entry[key] === "string" ? [[entry[key], entry]] : [])),
  );
}

const own = (fields: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(fields, name) ? fields[name] : undefined;

/**
 * `value` with every edit that still applies. One whose place has changed since, or is gone, is left out: what people
 * changed in the meantime wins.
 */
export function patch(value: unknown, edits: readonly Edit[]): unknown {
  return edits.reduce((result, edit) => replaceAt(result, edit, 0), value);
}

function replaceAt(value: unknown, edit: Edit, depth: number): unknown {
  const step = edit.at[depth];
  if (step === undefined) return edited(value, edit);
  if (typeof step === "string") {
    if (!isObject(value)) return value;
    const inner = replaceAt(own(value, step), edit, depth + 1);
    return inner === own(value, step) ? value : withField(value, step, inner);
  }
  if (!Array.isArray(value)) return value;
  const [key, name] = step;
  const index = value.findIndex((entry) => isObject(entry) && entry[key] === name);
  const entry: unknown = index < 0 ? undefined : value[index];
  const inner = replaceAt(entry, edit, depth + 1);
  if (inner === entry) return value;
  if (index < 0) return [...value, inner];
  return inner === undefined ? value.toSpliced(index, 1) : value.with(index, inner);
}

function edited(value: unknown, edit: Edit): unknown {
  if (edit.order) return Array.isArray(value) ? ordered(value, edit.order) : value;
  return sameJson(value, edit.was) ? edit.now : value;
}

/** Entries named in `order` in that order, all others behind them. */
function ordered(list: readonly unknown[], order: readonly string[]): readonly unknown[] {
  const rank = (entry: unknown) => {
    const name = isObject(entry)
      ? keys.map((key) => entry[key]).find((candidate) => typeof candidate === "string")
      : undefined;
    const index = typeof name === "string" ? order.indexOf(name) : -1;
    return index < 0 ? order.length : index;
  };
  return list.toSorted((a, b) => rank(a) - rank(b));
}

/** Built from entries, so that a field called `__proto__` stays a field. */
function withField(fields: Readonly<Record<string, unknown>>, name: string, value: unknown): Record<string, unknown> {
  const others = Object.entries(fields).filter(([other]) => other !== name || value !== undefined);
  const entries = others.map(([other, inner]): [string, unknown] => [other, other === name ? value : inner]);
  return Object.fromEntries(value === undefined || Object.hasOwn(fields, name) ? entries : [...entries, [name, value]]);
}
