import { MapperError, type Property, p, sameValue } from "@edgetwin/mapper-sdk";
import type { AppValue } from "../client/app-value.ts";
import type { PropertyPlace } from "../client/bacnet-library.ts";
import { type StatusFlag, statusFlagNames } from "../cov/object-state.ts";
import { kindOf, showObjectId } from "../names/object-types.ts";
import { propertyIds, showProperty } from "../names/properties.ts";
import { fromApp } from "./from-app.ts";
import { type ToApp, toApp } from "./to-app.ts";
import type { Visitor } from "./visitor.ts";

/** A property of a twin on its device, ready to be read and written. */
export interface Binding extends PropertyPlace {
  /** Whether it is the value that notifications tell, with the flags that judge it. */
  readonly isPresentValue: boolean;
  readonly flag: StatusFlag | undefined;
  /** Values of objects in fault, or out of service, are bad. */
  readonly heedsFlags: boolean;
  /** Slot that is written; undefined to leave it to the connection. */
  readonly priority: number | undefined;
  /** Whether it is the slot that is read, because being empty has a meaning. */
  readonly isSlot: boolean;
  decode(value: AppValue | undefined): unknown;
  /** @param seen how the device had the value last. */
  encode(value: unknown, seen: AppValue | undefined): AppValue;
}

/**
 * Compiles a visitor for its property.
 * @throws MapperError `CONFIG_INVALID` naming the property's visitor when the two do not fit each other.
 */
export function bindingOf(property: Property, visitor: Visitor, name: string): Binding {
  try {
    return compiled(property, visitor);
  } catch (cause) {
    if (!(cause instanceof MapperError)) throw cause;
    throw new MapperError("CONFIG_INVALID", `visitors.${name}.${cause.message}`, { cause });
  }
}

/** The property as its visitor narrows it: named states are the only words it knows. */
export function narrowed(property: Property, visitor: Visitor): Property {
  if (property.type !== "STRING") return property;
  const words = wordsOf(visitor);
  if (!words) return property;
  const { access, unit, description } = property;
  const facts = { ...(access && { access }), ...(unit && { unit }), ...(description && { description }) };
  const given = Object.keys(words);
  const empty = visitor.relinquish;
  return p.oneOf(typeof empty === "string" && !given.includes(empty) ? [...given, empty] : given, facts);
}

const invalid = (message: string) => new MapperError("CONFIG_INVALID", message);

/** Names of the numbers of a state; the standard has names for two. */
export function wordsOf({ values, object, property }: Visitor): Readonly<Record<string, number>> | undefined {
  if (values) return values;
  return kindOf(object) === "binary" && property === propertyIds["present-value"]
    ? { inactive: 0, active: 1 }
    : undefined;
}

function compiled(property: Property, visitor: Visitor): Binding {
  const { object, index, flag, relinquish, ignoreFlags } = visitor;
  const isPresentValue = visitor.property === propertyIds["present-value"] && index === undefined;
  if (flag !== undefined) return flagBinding(property, visitor);
  const kind = isPresentValue ? kindOf(object) : undefined;
  if (property.type === "STRING" && kind === "multi-state" && !visitor.values)
    throw invalid(
      `values: is missing; name the states of ${showObjectId(object)}, e.g. { OFF: 1, AUTO: 2 }, or make the property INT`,
    );
  if (property.type === "BOOLEAN" && kind === "multi-state")
    throw invalid(`object: ${showObjectId(object)} has states from 1 on; make the property INT or STRING`);
  if (property.type === "BOOLEAN" && kind === "analog")
    throw invalid(`object: ${showObjectId(object)} is a number; make the property FLOAT`);
  if (property.access === "rw" && isPresentValue && isInput(object.type) && !visitor.ignoreFlags)
    throw invalid(
      `object: ${showObjectId(object)} is an input, which is read only; make the property ReadOnly in the model`,
    );
  const words = property.type === "STRING" ? wordsOf(visitor) : undefined;
  const empty = relinquish === undefined ? undefined : relinquishValue(property, relinquish);
  const isSlot = empty !== undefined;
  const shape: ToApp = { property, kind, ...(words && { words }), ...(visitor.type && { type: visitor.type }) };
  return {
    object,
    property: visitor.property,
    ...(index !== undefined && { index }),
    isPresentValue: isPresentValue && !isSlot,
    flag: undefined,
    heedsFlags: isPresentValue && !isSlot && !ignoreFlags,
    priority: visitor.priority,
    isSlot,
    decode: (value) =>
      isSlot && value?.tag === "null" ? empty : fromApp(value, { property, ...(words && { words }) }),
    encode(value, seen) {
      if (isSlot && sameValue(property.toTwin(value as never), property.toTwin(empty as never))) return { tag: "null" };
      return toApp(value, shape, seen);
    },
  };
}

/** One of the status flags, as a property of its own. */
function flagBinding(property: Property, { object, flag, property: id }: Visitor): Binding {
  if (property.type !== "BOOLEAN") throw invalid("flag: is true or false; make the property BOOLEAN");
  if (property.access === "rw") throw invalid("flag: the device says it; make the property ReadOnly in the model");
  const statusFlags = propertyIds["status-flags"];
  if (id !== propertyIds["present-value"] && id !== statusFlags)
    throw invalid(`property: leave it out; the flag is one of ${showProperty(statusFlags)}`);
  const at = statusFlagNames.indexOf(flag as StatusFlag);
  return {
    object,
    property: statusFlags,
    isPresentValue: false,
    flag,
    heedsFlags: false,
    priority: undefined,
    isSlot: false,
    decode: (value) => value?.tag === "bit-string" && value.value[at] === true,
    encode: () => {
      throw new TypeError("flags are not written");
    },
  };
}

function relinquishValue(property: Property, raw: string | number | boolean): unknown {
  if (property.access !== "rw")
    throw invalid("relinquish: is for what is written; make the property ReadWrite in the model, or leave it out");
  try {
    if (property.type === "STRING" && property.options === undefined) return raw;
    return property.accept(property.type === "INT" ? BigInt(raw) : raw);
  } catch (cause) {
    throw new MapperError("CONFIG_INVALID", `relinquish: ${(cause as Error).message}`, { cause });
  }
}

/** Analog, binary and multi-state inputs. */
const isInput = (type: number): boolean => type === 0 || type === 3 || type === 13;
