import type { AppValue } from "../client/app-value.ts";
import { objectTypes } from "../names/object-types.ts";
import { propertyIds } from "../names/properties.ts";
import { EmulatedObject } from "./emulated-object.ts";

/** What every object of the emulator may have. */
interface Common {
  readonly name: string;
  readonly description?: string;
}

/** An analog object: a REAL with a unit (ASHRAE 135 12.2 to 12.4). */
export interface AnalogOptions extends Common {
  readonly value: number;
  /** BACnetEngineeringUnits; 95 is none. */
  readonly units?: number;
  readonly min?: number;
  readonly max?: number;
  /** COV_Increment; default 0.1. */
  readonly increment?: number;
}

/** A binary object (12.6 to 12.8). */
export interface BinaryOptions extends Common {
  readonly active: boolean;
  readonly texts?: readonly [inactive: string, active: string];
}

/** A multi-state object (12.18 to 12.20); states count from 1. */
export interface MultiStateOptions extends Common {
  readonly state: number;
  readonly states: readonly string[];
}

type Role = "input" | "output" | "value";

/** An analog input, output or value. Outputs are commandable, and values that say so. */
export function analog(role: Role, instance: number, options: AnalogOptions & { readonly isCommandable?: boolean }) {
  const { value, units = 95, min, max, increment = 0.1 } = options;
  return new EmulatedObject({
    ...commonOf(options),
    id: { type: objectTypes[`analog-${role}`], instance },
    value: real(value),
    isCommandable: role === "output" || (role === "value" && options.isCommandable !== false),
    accepts: (written) =>
      written.tag === "real" && written.value >= (min ?? -Infinity) && written.value <= (max ?? Infinity),
    increment,
    more: {
      ...descriptionOf(options),
      [propertyIds.units]: { tag: "enumerated", value: units },
      ...(min !== undefined && { [propertyIds["min-pres-value"]]: real(min) }),
      ...(max !== undefined && { [propertyIds["max-pres-value"]]: real(max) }),
    },
  });
}

/** A binary input, output or value. */
export function binary(role: Role, instance: number, options: BinaryOptions & { readonly isCommandable?: boolean }) {
  const { active, texts } = options;
  return new EmulatedObject({
    ...commonOf(options),
    id: { type: objectTypes[`binary-${role}`], instance },
    value: state(active),
    isCommandable: role === "output" || (role === "value" && options.isCommandable !== false),
    accepts: (written) => written.tag === "enumerated" && written.value <= 1,
    more: {
      ...descriptionOf(options),
      ...(texts && { [propertyIds["inactive-text"]]: text(texts[0]), [propertyIds["active-text"]]: text(texts[1]) }),
    },
  });
}

/** A multi-state input, output or value. */
export function multiState(
  role: Role,
  instance: number,
  options: MultiStateOptions & { readonly isCommandable?: boolean },
) {
  const { state: now, states } = options;
  return new EmulatedObject({
    ...commonOf(options),
    id: { type: objectTypes[`multi-state-${role}`], instance },
    value: unsigned(now),
    isCommandable: role === "output" || (role === "value" && options.isCommandable !== false),
    accepts: (written) => written.tag === "unsigned" && written.value >= 1 && written.value <= states.length,
    more: {
      ...descriptionOf(options),
      [propertyIds["number-of-states"]]: unsigned(states.length),
      [propertyIds["state-text"]]: states.map(text),
    },
  });
}

/** Values for {@link EmulatedObject.become} and {@link EmulatedObject.command}. */
export const real = (value: number): AppValue => ({ tag: "real", value: Math.fround(value) });
export const state = (active: boolean): AppValue => ({ tag: "enumerated", value: active ? 1 : 0 });
export const unsigned = (value: number): AppValue => ({ tag: "unsigned", value });

const text = (value: string): AppValue => ({ tag: "character-string", value });
const commonOf = ({ name }: Common) => ({ name });
const descriptionOf = ({ description }: Common) =>
  description === undefined ? {} : { [propertyIds.description]: text(description) };
