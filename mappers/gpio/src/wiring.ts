import { MapperError, type Property, p } from "@edgetwin/mapper-sdk";
import { checkSettings, type Direction, directionOf } from "./directions.ts";
import type { Visitor } from "./visitor.ts";

/**
 * How one property and one line understand each other. A signal is what the line shows: 0 (inactive) or 1 (active) for
 * levels, the share of the period it is active for PWM.
 */
export interface Wiring {
  readonly direction: Direction;
  /** The property with the values that this wiring can show. */
  readonly property: Property;
  /** Signal of an accepted value of the property. */
  encode(value: unknown): number;
  /** Value of the property for a signal. */
  decode(signal: number): unknown;
  /** Signal to start with when nothing was desired before. */
  readonly initial: number;
  readonly frequencyHz: number;
}

/** Default frequency of a dimmed or throttled load; one that every backend can do. */
const pwmFrequencyHz = 1000;
/** Analogue servos expect a pulse every 20 ms. */
const servoFrequencyHz = 50;

/**
 * Puts property and visitor together.
 * @throws MapperError `CONFIG_INVALID` when they do not fit each other, naming the setting and the fix.
 */
export function wiringOf(property: Property, visitor: Visitor, name: string): Wiring {
  const direction = directionOf(property, visitor, name);
  checkSettings(visitor, { direction, property, name });
  const codec = direction === "in" || direction === "out" ? levelCodec : direction === "pwm" ? dutyCodec : servoCodec;
  const wiring = codec(property, visitor, name);
  return { ...wiring, direction, initial: initialSignal(wiring, visitor, name) };
}

type Codec = Omit<Wiring, "direction" | "initial">;

function levelCodec(property: Property, visitor: Visitor, name: string): Codec {
  const frequencyHz = 0;
  switch (property.type) {
    case "STRING": {
      const narrowed = withWords(property, visitor, name);
      const [off, on] = narrowed.options as readonly [string, string];
      return {
        property: narrowed,
        encode: (value) => (value === on ? 1 : 0),
        decode: (level) => (level ? on : off),
        frequencyHz,
      };
    }
    case "INT": {
      const narrowed = withinBounds(property, { min: 0, max: 1, name });
      return { property: narrowed, encode: Number, decode: (level) => level, frequencyHz };
    }
    default:
      return { property, encode: (value) => (value ? 1 : 0), decode: (level) => level === 1, frequencyHz };
  }
}

function dutyCodec(property: Property, { frequencyHz = pwmFrequencyHz }: Visitor, name: string): Codec {
  return {
    property: withinBounds(property, { min: 0, max: 100, name }),
    encode: (value) => Number(value) / 100,
    decode: (duty) => rounded(property, duty * 100),
    frequencyHz,
  };
}

function servoCodec(property: Property, visitor: Visitor, name: string): Codec {
  const { frequencyHz = servoFrequencyHz, minPulseUs = 1000, maxPulseUs = 2000, rangeDegrees = 180 } = visitor;
  const periodUs = 1e6 / frequencyHz;
  if (minPulseUs >= maxPulseUs || maxPulseUs > periodUs) {
    const fix = `give minPulseUs < maxPulseUs <= ${periodUs} (the period at ${frequencyHz} Hz)`;
    throw invalid(name, "maxPulseUs", `a pulse from ${minPulseUs} to ${maxPulseUs} us is impossible; ${fix}`);
  }
  const usPerDegree = (maxPulseUs - minPulseUs) / rangeDegrees;
  return {
    property: withinBounds(property, { min: 0, max: rangeDegrees, name }),
    encode: (degrees) => (minPulseUs + Number(degrees) * usPerDegree) / periodUs,
    decode: (duty) => rounded(property, (duty * periodUs - minPulseUs) / usPerDegree),
    frequencyHz,
  };
}

/** Hardware counts in steps; thousandths are below what any of it can show, and whole numbers are what an INT holds. */
const rounded = ({ type }: Property, value: number): number =>
  type === "INT" ? Math.round(value) : Math.max(0, Math.round(value * 1000) / 1000);

function withWords(property: Property, { off = "OFF", on = "ON" }: Visitor, name: string): Property {
  if (off === on) throw invalid(name, "on", `"${on}" also means off; give on and off different words`);
  const missing = [off, on].filter((word) => property.options && !property.options.includes(word));
  if (property.options && missing.length > 0) {
    const known = property.options.map((option) => JSON.stringify(option)).join(", ");
    throw invalid(name, missing[0] === on ? "on" : "off", `the model knows ${known}; set off and on to two of these`);
  }
  const words = p.oneOf([off, on]);
  return { ...property, options: [off, on], accept: (value) => property.accept(words.accept(value)) };
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly name: string;
}

function withinBounds(property: Property, { name, ...allowed }: Bounds): Property {
  const min = Math.max(allowed.min, Number(property.min ?? allowed.min));
  const max = Math.min(allowed.max, Number(property.max ?? allowed.max));
  if (min > max) {
    const range = `${property.min ?? "-"} to ${property.max ?? "-"}`;
    throw invalid(name, "direction", `the line shows ${allowed.min} to ${allowed.max}, the model allows ${range}`);
  }
  const bounds = p.double({ min, max });
  return {
    ...property,
    min,
    max,
    accept(value) {
      const accepted = property.accept(value);
      bounds.accept(Number(accepted));
      return accepted;
    },
  };
}

/** The visitor's `initial` as a signal; inactive without one. Text is understood as manifests send numbers and booleans. */
function initialSignal({ property, encode }: Codec, { initial, on, off }: Visitor, name: string): number {
  if (initial === undefined) return startOf(property, encode);
  let value: unknown = initial;
  if (property.type === "STRING")
    value = initial === true ? (on ?? "ON") : initial === false ? (off ?? "OFF") : initial;
  else if (property.type === "BOOLEAN") value = initial === "true" || (initial !== "false" && initial);
  else if (typeof initial === "string" && initial.trim() !== "") value = Number(initial);
  try {
    return encode(property.accept(value));
  } catch (error) {
    if (!(error instanceof MapperError)) throw error;
    throw new MapperError("CONFIG_INVALID", `visitors.${name}.initial: ${error.message}`, { cause: error });
  }
}

/** Inactive, or the lowest value where the model or a servo does not know zero. */
const startOf = ({ type, min }: Property, encode: (value: unknown) => number): number =>
  type === "BOOLEAN" || type === "STRING" ? 0 : encode(Number(min ?? 0));

const invalid = (name: string, setting: string, why: string) =>
  new MapperError("CONFIG_INVALID", `visitors.${name}.${setting}: ${why}`);
