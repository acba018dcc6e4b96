import type { Model, p } from "@edgetwin/mapper-sdk";

/** Name of a property builder of the SDK. */
export type PropertyBuilder = keyof typeof p;

const builders = { FLOAT: "float", DOUBLE: "double", STRING: "string", BOOLEAN: "boolean", BYTES: "bytes" } as const;

/**
 * The builder with which a property of `model` is declared. An INT gets `int`, whose values are plain numbers, unless one of
 * its bounds or of its values in the safety envelope is beyond 2^53.
 */
export function builderOf({ properties, safety = {} }: Model, name: string): PropertyBuilder {
  const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
  if (property === undefined) throw new TypeError(`${name} is no property of the model`);
  const { type, options, min = 0, max = 0 } = property;
  if (options) return "oneOf";
  if (type !== "INT") return builders[type];
  const groups = [...(safety.interlocks ?? []).map(({ never }) => never), safety.failSafe ?? {}];
  const values = groups.flatMap((group) => (Object.hasOwn(group, name) ? [group[name]] : []));
  return [min, max, ...values].every((value) => Number.isSafeInteger(Number(value))) ? "int" : "int64";
}
