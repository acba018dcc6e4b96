import { MapperError, type Property, p } from "@edgetwin/mapper-sdk";
import type { Feature, FeatureCommand, FeatureValue, RawAttributes, ReportSettings } from "./features/feature.ts";
import { featureOf } from "./features/features.ts";
import type { Visitor } from "./visitor.ts";

/** A property on its device, ready to be read and written. */
export interface Binding {
  readonly name: string;
  /** Missing for what the mapper knows without asking, such as the quality of the link. */
  readonly cluster?: string | number;
  readonly attributes: readonly (string | number)[];
  readonly endpoint: number | undefined;
  readonly manufacturerCode: number | undefined;
  readonly scaling: Feature["scaling"];
  readonly report: ReportSettings | undefined;
  readonly notification: Feature["notification"];
  /** Undefined when the device has no valid value now. */
  decode(raw: RawAttributes): unknown;
  /** What is sent to make the device take a value; undefined for an attribute that is written as such. */
  readonly command: ((value: unknown) => FeatureCommand) | undefined;
  /** The raw value of an attribute that is written as such. */
  encode(value: unknown): unknown;
}

const invalid = (name: string, message: string) => new MapperError("CONFIG_INVALID", `visitors.${name}.${message}`);

/**
 * Compiles a visitor for its property.
 * @throws MapperError `CONFIG_INVALID` naming the visitor when the two do not fit each other.
 */
export function bindingOf(property: Property, visitor: Visitor, name: string): Binding {
  const { feature, endpoint } = visitor;
  if (feature === undefined) return attributeBinding(property, visitor, name);
  const [misplaced] = (["cluster", "attribute", "manufacturerCode", "scale", "offset"] as const).filter(
    (key) => visitor[key] !== undefined,
  );
  if (misplaced) throw invalid(name, `${misplaced}: the feature ${feature} says where it lives; leave it out`);
  if (feature === "linkQuality") {
    checkType(property, { name, what: feature, types: ["INT", "FLOAT", "DOUBLE"] });
    if (property.access === "rw") throw invalid(name, readOnly(feature));
    return { ...bare, name, endpoint, decode: () => undefined, attributes: [], command: undefined };
  }
  const found: Feature = featureOf(feature);
  checkType(property, { name, what: feature, types: found.types });
  if (property.access === "rw" && !found.command) throw invalid(name, readOnly(feature));
  return {
    ...bare,
    name,
    cluster: found.cluster,
    attributes: found.attributes,
    endpoint,
    scaling: found.scaling,
    report: visitor.polled ? undefined : (visitor.report ?? found.report),
    notification: found.notification,
    decode: (raw) => toProperty(property, found.decode(raw)),
    command: found.command && ((value) => (found as Required<Feature>).command(fromProperty(property, found, value))),
  };

  function readOnly(what: string): string {
    return `feature: ${what} can only be read; make the property ReadOnly in the model`;
  }
}

/** The property as its visitor narrows it: ranges of the feature, two words for a switch, colours in one form. */
export function narrowed(property: Property, visitor: Visitor): Property {
  if (visitor.feature === undefined || visitor.feature === "linkQuality") return property;
  const { min, max, canonical, types }: Feature = featureOf(visitor.feature);
  if (property.type === "STRING" && types[0] === "BOOLEAN" && !property.options)
    return { ...p.oneOf(wordsOf(property), { ...facts(property) }), access: property.access };
  if (canonical) return { ...property, accept: (value) => canonical(String(property.accept(value))) };
  if (min === undefined && max === undefined) return property;
  const low = Math.max(min ?? -Infinity, Number(property.min ?? -Infinity));
  const high = Math.min(max ?? Infinity, Number(property.max ?? Infinity));
  return {
    ...property,
    ...(Number.isFinite(low) && { min: low }),
    ...(Number.isFinite(high) && { max: high }),
    accept(value) {
      const accepted = property.accept(value);
      if (Number(accepted) >= low && Number(accepted) <= high) return accepted;
      throw new MapperError("VALUE_INVALID", `expected a number from ${low} to ${high}, got ${String(value)}`);
    },
  };
}

const facts = ({ unit, description }: Property) => ({ ...(unit && { unit }), ...(description && { description }) });

const bare = {
  manufacturerCode: undefined,
  scaling: undefined,
  report: undefined,
  notification: undefined,
  encode: (value: unknown) => value,
} as const;

interface TypeCheck {
  readonly name: string;
  readonly what: string;
  readonly types: readonly Property["type"][];
}

function checkType(property: Property, { name, what, types }: TypeCheck): void {
  if (!types.includes(property.type))
    throw invalid(name, `feature: ${what} is ${types.join(" or ")}, and the model says ${property.type}`);
  if (property.type === "STRING" && types[0] === "BOOLEAN" && property.options && property.options.length !== 2)
    throw invalid(name, `feature: ${what} has two values; give the property two options, off first`);
}

/** Two words for off and on; what the model lists, off first. */
const wordsOf = ({ options }: Property): readonly [off: string, on: string] => {
  const [off = "OFF", on = "ON"] = options ?? [];
  return [off, on];
};

function toProperty(property: Property, value: FeatureValue | undefined): unknown {
  if (typeof value === "boolean" && property.type === "STRING") return wordsOf(property)[value ? 1 : 0];
  if (typeof value === "number" && property.type === "INT") return Math.round(value);
  return value;
}

/** Words of a switch become true and false; everything else is the feature's already. */
function fromProperty(property: Property, { types }: Feature, value: unknown): FeatureValue {
  if (types[0] === "BOOLEAN" && property.type === "STRING") return value === wordsOf(property)[1];
  return typeof value === "bigint" ? Number(value) : (value as FeatureValue);
}

function attributeBinding(property: Property, visitor: Visitor, name: string): Binding {
  const { cluster, attribute, endpoint, manufacturerCode, scale = 1, offset = 0, report, polled } = visitor;
  if (cluster === undefined || attribute === undefined)
    throw invalid(name, 'feature: is missing; give "feature", or "cluster" and "attribute"');
  if (property.type === "BYTES")
    throw invalid(name, "attribute: the property is BYTES; take INT, FLOAT, STRING or BOOLEAN");
  if (scale === 0) throw invalid(name, "scale: 0 leaves nothing of the attribute");
  const isNumber = property.type === "INT" || property.type === "FLOAT" || property.type === "DOUBLE";
  if (!isNumber && (visitor.scale !== undefined || visitor.offset !== undefined))
    throw invalid(name, `scale: the property is ${property.type}; only numbers are scaled`);
  if (property.access === "rw" && typeof attribute === "number")
    throw invalid(name, "attribute: to be written it must be known by name; see the library's list of clusters");
  const key = String(attribute);
  return {
    name,
    cluster,
    attributes: [attribute],
    endpoint,
    manufacturerCode,
    scaling: undefined,
    report: polled ? undefined : report,
    notification: undefined,
    command: undefined,
    decode(raw) {
      const value = raw[key];
      if (value === undefined) return undefined;
      if (!isNumber) return property.type === "BOOLEAN" ? value === 1 || value === true : String(value);
      const number = Number((Number(value) * scale + offset).toFixed(6));
      return property.type === "INT" ? Math.round(number) : number;
    },
    encode: (value) =>
      isNumber ? Math.round((Number(value) - offset) / scale) : typeof value === "boolean" ? Number(value) : value,
  };
}
