/** A model as data, and back as a model whose properties accept and refuse what the original's do. */
import { MapperError } from "../../errors.ts";
import { type Access, defineModel, type Model, type Property, type Safety } from "../../model.ts";
import { p } from "../../property.ts";
import type { PropertyType, Value } from "../../value.ts";
import { many, maybe, one } from "../wire/field.ts";
import { type DraftOf, type MessageOf, message } from "../wire/message.ts";
import { bool, text } from "../wire/scalar.ts";
import { configFromWire, configToWire, configValue } from "./config-value.ts";
import { twinValue, valueFromWire, valueToWire } from "./value.ts";

export const propertyFacts = message("edgetwin.v1.Property", {
  name: one(1, text),
  /** `INT`, `FLOAT`, `DOUBLE`, `STRING`, `BOOLEAN` or `BYTES`. */
  type: one(2, text),
  writable: one(3, bool),
  unit: maybe(4, text),
  description: maybe(5, text),
  min: maybe(6, twinValue),
  max: maybe(7, twinValue),
  options: many(8, text),
  constant: maybe(9, twinValue),
  /** An INT over the full 64 bits, which authors handle as `bigint`. */
  wide: one(10, bool),
});

export const modelFacts = message("edgetwin.v1.Model", {
  name: one(1, text),
  properties: many(2, propertyFacts),
  safety: maybe(3, configValue),
});
/** A model as it travels. */
export type ModelFacts = MessageOf<typeof modelFacts>;
type PropertyFacts = MessageOf<typeof propertyFacts>;

/** A model as it is sent; what a `Model` cannot say on the wire, its functions, stays behind. */
export function modelToWire({ name, properties, safety }: Model): DraftOf<typeof modelFacts> {
  return {
    name,
    properties: Object.entries(properties).map(([property, facts]) => propertyToWire(property, facts)),
    ...(safety && { safety: configToWire(safety) }),
  };
}

function propertyToWire(name: string, property: Property): DraftOf<typeof propertyFacts> {
  const { type, access, unit, description, min, max, options, constant } = property;
  return {
    name,
    type,
    writable: access === "rw",
    unit,
    description,
    min: min === undefined ? undefined : valueToWire(min),
    max: max === undefined ? undefined : valueToWire(max),
    options,
    constant: constant === undefined ? undefined : valueToWire(constant),
    wide: type === "INT" && isWide(property),
  };
}

/** Whether the author handles this INT as `bigint`: its bounds are of the type that it accepts. */
function isWide({ accept, min = 0, max = 0 }: Property): boolean {
  const inside = min > 0 ? min : max < 0 ? max : 0;
  try {
    return typeof accept(inside) === "bigint";
  } catch {
    return typeof inside === "bigint"; // narrowed by hand, so that not even its bound is accepted
  }
}

/** The model that was sent. @throws MapperError `DEVICE_IO` when the facts describe no model. */
export function modelFromWire({ name, properties, safety }: ModelFacts): Model {
  const rebuilt = properties.map((facts): [string, Property] => [facts.name, propertyFromWire(facts)]);
  const envelope = safety && (configFromWire(safety) as Safety);
  try {
    return defineModel(name, Object.fromEntries(rebuilt), envelope);
  } catch (cause) {
    throw new MapperError("DEVICE_IO", `the other process described a model that is none: ${name}`, { cause });
  }
}

function propertyFromWire(facts: PropertyFacts): Property {
  const { name, writable, unit, description, options, constant, wide } = facts;
  const access: Access = writable ? "rw" : "r";
  const about = { access, ...(unit !== undefined && { unit }), ...(description !== undefined && { description }) };
  const built = build(facts.type as PropertyType, { about, facts, options, wide });
  if (!built)
    throw new MapperError("DEVICE_IO", `the other process described ${name} with the unknown type ${facts.type}`);
  return constant === undefined ? built : { ...built, constant: valueFromWire(constant) };
}

interface Building {
  readonly about: { readonly access: Access; readonly unit?: string; readonly description?: string };
  readonly facts: PropertyFacts;
  readonly options: readonly string[];
  readonly wide: boolean;
}

function build(type: PropertyType, { about, facts, options, wide }: Building): Property | undefined {
  const { min, max } = facts;
  const range = <N extends Value>(convert: (value: Value) => N): { min?: N; max?: N } => ({
    ...(min && { min: convert(valueFromWire(min)) }),
    ...(max && { max: convert(valueFromWire(max)) }),
  });
  switch (type) {
    case "INT":
      return wide ? p.int64({ ...about, ...range(asBigInt) }) : p.int({ ...about, ...range(Number) });
    case "FLOAT":
      return p.float({ ...about, ...range(Number) });
    case "DOUBLE":
      return p.double({ ...about, ...range(Number) });
    case "STRING":
      return options.length > 0 ? p.oneOf(options, about) : p.string(about);
    case "BOOLEAN":
      return p.boolean(about);
    case "BYTES":
      return p.bytes(about);
    default:
      return undefined;
  }
}

const asBigInt = (value: Value): bigint => (typeof value === "bigint" ? value : BigInt(Math.trunc(Number(value))));
