import { annotations } from "../annotations.ts";
import { parseJsonText, toJsonText } from "../json-text.ts";
import type { ApiVersion } from "../resource.ts";
import { formatDouble } from "../values/decimal.ts";
import { type ConversionContext, devicesIn } from "./context.ts";
import { type Fields, fieldsOf, isObject, objectsOf, present, textOf, unlessEmpty } from "./json.ts";
import { annotationOf, withAnnotations } from "./metadata.ts";
import { protocolToV1beta1 } from "./protocol.ts";
import { visitorFromV1beta1, visitorToV1beta1 } from "./visitor.ts";

type Legacy = Exclude<ApiVersion, "v1beta1">;

const typeKeys = ["int", "string", "double", "float", "boolean", "bytes"];
const boundedTypes = ["int", "double", "float"];

/** What a conversion of one kind needs besides the resource. */
export interface Conversion {
  readonly version: Legacy;
  readonly context: ConversionContext;
}

/** A DeviceModel of an older version in v1beta1; what has no place there is left out. */
export function modelToV1beta1(model: Fields, { version, context }: Conversion): Fields {
  const { properties, propertyVisitors, protocol } = fieldsOf(model.spec);
  const visitors = new Map(
    objectsOf(propertyVisitors).map((visitor) => [visitor.propertyName, visitorToV1beta1(visitor)]),
  );
  const derived = textOf(protocol) ?? protocolOf(model, { version, context, visitors: [...visitors.values()] });
  const defaults = Object.fromEntries(
    objectsOf(properties).flatMap(({ name, type }): [string, unknown][] => {
      const { defaultValue } = factsOf(type).facts;
      return typeof name === "string" && defaultValue !== undefined && defaultValue !== null
        ? [[name, defaultValue]]
        : [];
    }),
  );
  const converted = {
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "DeviceModel",
    metadata: model.metadata,
    spec: {
      ...(derived !== undefined && { protocol: derived }),
      ...(Array.isArray(properties) && {
        properties: objectsOf(properties).map((property) => propertyToV1beta1(property, visitors)),
      }),
    },
  };
  const text = unlessEmpty(defaults) && toJsonText(defaults);
  return withAnnotations(converted, text === undefined ? {} : { [annotations.defaultValues]: text });
}

function factsOf(type: unknown): { readonly key?: string; readonly facts: Fields } {
  const key = typeKeys.find((candidate) => isObject(fieldsOf(type)[candidate]));
  return key === undefined ? { facts: {} } : { key, facts: fieldsOf(fieldsOf(type)[key]) };
}

function propertyToV1beta1({ name, description, type }: Fields, visitors: ReadonlyMap<unknown, unknown>): Fields {
  const { key, facts } = factsOf(type);
  const bound = (value: unknown) =>
    typeof value === "number" ? formatDouble(value) : typeof value === "bigint" ? value.toString() : undefined;
  return present({
    name,
    description,
    type: key?.toUpperCase(),
    accessMode: facts.accessMode,
    minimum: bound(facts.minimum),
    maximum: bound(facts.maximum),
    unit: facts.unit,
    visitors: visitors.get(name),
  });
}

/** A model's protocol, which older versions leave to the visitors and devices. */
function protocolOf(
  model: Fields,
  { version, context, visitors }: Conversion & { readonly visitors: readonly { readonly protocolName?: string }[] },
): string | undefined {
  const names = [
    ...visitors.map(({ protocolName }) => protocolName),
    ...devicesIn(context, model).map((device) => deviceProtocol(device, version)),
  ];
  return names.find((name) => name !== undefined);
}

function deviceProtocol({ apiVersion, spec }: Fields, version: Legacy): string | undefined {
  const { protocol } = fieldsOf(spec);
  if (apiVersion === "devices.kubeedge.io/v1beta1") return textOf(fieldsOf(protocol).protocolName);
  return protocolToV1beta1(protocol, apiVersion === "devices.kubeedge.io/v1alpha1" ? "v1alpha1" : version)
    ?.protocolName;
}

/** A v1beta1 DeviceModel in an older version; what has no place there is left out. */
export function modelFromV1beta1(model: Fields, { version, context }: Conversion): Fields {
  const { properties, protocol } = fieldsOf(model.spec);
  const kept = objectsOf(properties).filter(({ name, type }) => {
    if (type === "STREAM")
      context.warn?.(`property ${String(name)} is a STREAM, which ${version} does not have; it is left out`);
    return type !== "STREAM";
  });
  const defaults = defaultsOf(model);
  const visitors = kept.flatMap(({ name, visitors: own }) => {
    const blocks = visitorFromV1beta1(own);
    return blocks ? [{ propertyName: name, ...blocks }] : [];
  });
  const converted = {
    apiVersion: `devices.kubeedge.io/${version}`,
    kind: "DeviceModel",
    metadata: model.metadata,
    spec: {
      ...(version === "v1alpha2" && textOf(protocol) !== undefined && { protocol }),
      ...(Array.isArray(properties) && {
        properties: kept.map((property) => propertyFromV1beta1(property, { version, defaults: defaults ?? {} })),
      }),
      ...(version === "v1alpha1" && visitors.length > 0 && { propertyVisitors: visitors }),
    },
  };
  return withAnnotations(converted, defaults ? { [annotations.defaultValues]: undefined } : {});
}

/** The defaults in the annotation; undefined when there are none or they cannot be read, which leaves it in place. */
function defaultsOf(model: Fields): Fields | undefined {
  const text = annotationOf(model, annotations.defaultValues);
  if (text === undefined) return undefined;
  try {
    const defaults = parseJsonText(text);
    return isObject(defaults) ? defaults : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function propertyFromV1beta1(
  property: Fields,
  { version, defaults }: { readonly version: Legacy; readonly defaults: Fields },
): Fields {
  const { name, description, type, accessMode, minimum, maximum, unit } = property;
  const lower = String(type).toLowerCase();
  // v1alpha1 has whole numbers and text only; text can carry everything else.
  const key = version === "v1alpha1" && lower !== "int" ? "string" : typeKeys.includes(lower) ? lower : undefined;
  const isBounded = key !== undefined && boundedTypes.includes(key);
  const facts = present({
    accessMode,
    defaultValue: typeof name === "string" && Object.hasOwn(defaults, name) ? defaults[name] : undefined,
    ...(isBounded && { minimum: boundFrom(minimum, key), maximum: boundFrom(maximum, key), unit }),
  });
  return present({ name, description, type: key === undefined ? {} : { [key]: facts } });
}

function boundFrom(text: unknown, key: string): number | bigint | undefined {
  if (typeof text !== "string" || text === "") return undefined;
  if (key !== "int") return /^-?\d+(\.\d+)?$/.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;
  if (!/^-?\d{1,19}$/.test(text)) return undefined;
  return Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text);
}
