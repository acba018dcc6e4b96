/** A JSON object whose fields are looked at one by one. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether `value` is a JSON object. */
export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `value` when it is an object, else one without fields. */
export const fieldsOf = (value: unknown): Fields => (isObject(value) ? value : {});

/** The objects in `value` when it is a list, else none. */
export const objectsOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** `value` when it is text that says something. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/** The fields that are there: neither undefined nor null. KubeEdge's edgecore refuses a device with a null in it. */
export function present(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}

/** The fields named in `names`, and the others; nulls and undefined in neither. */
export function split(
  fields: Fields,
  names: readonly string[],
): readonly [Record<string, unknown>, Record<string, unknown>] {
  const entries = Object.entries(present(fields));
  const isNamed = ([name]: [string, unknown]) => names.includes(name);
  return [Object.fromEntries(entries.filter(isNamed)), Object.fromEntries(entries.filter((entry) => !isNamed(entry)))];
}

/** `fields` unless there are none. */
export const unlessEmpty = (fields: Fields): Fields | undefined =>
  Object.keys(fields).length > 0 ? fields : undefined;

/** Whether two JSON values are the same; the order of fields does not matter, 5 and 5n are one number. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((entry, index) => sameJson(entry, b[index]));
  }
  if (isObject(a)) {
    if (!isObject(b)) return false;
    const names = Object.keys(a).filter((name) => a[name] !== undefined);
    const others = Object.keys(b).filter((name) => b[name] !== undefined);
    return (
      names.length === others.length && names.every((name) => Object.hasOwn(b, name) && sameJson(a[name], b[name]))
    );
  }
  // A number beyond 2^53 stands for all that round to it, so it is not the same as an exact integer.
  if (typeof a === "bigint") return Number.isSafeInteger(b) && BigInt(b as number) === a;
  return typeof b === "bigint" && Number.isSafeInteger(a) && BigInt(a as number) === b;
}
