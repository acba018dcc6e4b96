import { type Interlock, sameValue, showValue, type Value } from "@edgetwin/mapper-sdk";
import type { DeviceShape } from "./types.ts";

/** Reads the value a property would have; undefined when nobody knows. */
export type ValueLookup = (property: string) => Value | undefined;

/** The first interlock that `valueAt` would break, or undefined. An unknown value breaks nothing. */
export function brokenInterlock(shape: DeviceShape, valueAt: ValueLookup): Interlock | undefined {
  return shape.safety?.interlocks?.find((interlock) =>
    Object.entries(interlock.never).every(([name, forbidden]) => isValue(shape, name, valueAt(name), forbidden)),
  );
}

/** Whether `interlock` speaks of `property` with this value. */
export function concerns(shape: DeviceShape, interlock: Interlock, property: string, value: Value): boolean {
  return property in interlock.never && isValue(shape, property, value, interlock.never[property]);
}

/** `red "ON" together with green "ON" is never allowed (both lights would be lit)`. */
export function showInterlock({ never, because }: Interlock): string {
  const parts = Object.entries(never).map(([name, value]) => `${name} ${showValue(value)}`);
  return `${parts.join(" together with ")} is never allowed${because ? ` (${because})` : ""}`;
}

function isValue(shape: DeviceShape, name: string, value: Value | undefined, forbidden: unknown): boolean {
  const property = shape.properties.get(name);
  return property !== undefined && sameValue(value, property.toTwin(property.accept(forbidden)));
}
