import { parseJsonText } from "@edgetwin/models";
import { excerpt, isObject } from "./envelope.ts";
import { ProtocolError } from "./errors.ts";

/**
 * Reads a part of a message's content; `place` says where it stands, for errors. Readers are lenient as KubeEdge's are:
 * unknown keys are ignored, missing and `null` ones are undefined. What is there must have the right type.
 *
 * @throws ProtocolError `CONTENT_INVALID`.
 */
export type Shape<T> = (value: unknown, place: string) => T;

/** What a shape reads. */
export type Read<S> = S extends Shape<infer T> ? T : never;

export const text: Shape<string> = (value, place) =>
  typeof value === "string" ? value : wrong(place, "a text", value);

export const integer: Shape<number> = (value, place) =>
  typeof value === "number" && Number.isSafeInteger(value) ? value : wrong(place, "a whole number", value);

export const boolean: Shape<boolean> = (value, place) =>
  typeof value === "boolean" ? value : wrong(place, "true or false", value);

/** Any JSON object, kept whole. */
export const anyObject: Shape<Readonly<Record<string, unknown>>> = (value, place) =>
  isObject(value) ? value : wrong(place, "an object", value);

/** Anything at all, also nothing. */
export const anything: Shape<unknown> = (value) => value;

/** `null` and a missing key read as undefined. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value, place) => (value === undefined || value === null ? undefined : shape(value, place));
}

export function list<T>(shape: Shape<T>): Shape<readonly T[]> {
  return (value, place) =>
    Array.isArray(value) ? value.map((entry, at) => shape(entry, `${place}[${at}]`)) : wrong(place, "a list", value);
}

/** An object whose keys are data. Keys of a prototype (`__proto__`) are as harmless as any other. */
export function record<T>(shape: Shape<T>): Shape<ReadonlyMap<string, T>> {
  return (value, place) => {
    const entries = Object.entries(anyObject(value, place));
    return new Map(entries.map(([key, inner]) => [key, shape(inner, `${place}.${key}`)]));
  };
}

/** An object with these keys; those that read as undefined are left out. */
export function object<S extends Record<string, Shape<unknown>>>(
  shapes: S,
): Shape<
  { readonly [K in keyof S as undefined extends Read<S[K]> ? never : K]: Read<S[K]> } & {
    readonly [K in keyof S as undefined extends Read<S[K]> ? K : never]?: Exclude<Read<S[K]>, undefined>;
  }
> {
  return (value, place) => {
    const source = anyObject(value, place);
    const result: Record<string, unknown> = {};
    for (const [key, shape] of Object.entries(shapes)) {
      const read = shape(Object.hasOwn(source, key) ? source[key] : undefined, `${place}.${key}`);
      if (read !== undefined) result[key] = read;
    }
    return result as never;
  };
}

/** JSON in a text, as some senders write content, or the value itself: KubeEdge takes both. */
export function jsonText<T>(shape: Shape<T>): Shape<T> {
  return (value, place) => {
    if (typeof value !== "string") return shape(value, place);
    let parsed: unknown;
    try {
      parsed = parseJsonText(value);
    } catch (cause) {
      throw new ProtocolError("CONTENT_INVALID", `${place}: not JSON: ${excerpt(value)}`, { cause });
    }
    return shape(parsed, place);
  };
}

function wrong(place: string, expected: string, value: unknown): never {
  throw new ProtocolError("CONTENT_INVALID", `${place}: expected ${expected}, got ${excerpt(value)}`);
}
