import { didYouMean } from "@edgetwin/mapper-sdk";

/** Types of objects by the names of the standard (ASHRAE 135 clause 21, BACnetObjectType). */
export const objectTypes = {
  "analog-input": 0,
  "analog-output": 1,
  "analog-value": 2,
  "binary-input": 3,
  "binary-output": 4,
  "binary-value": 5,
  calendar: 6,
  device: 8,
  file: 10,
  loop: 12,
  "multi-state-input": 13,
  "multi-state-output": 14,
  program: 16,
  schedule: 17,
  "multi-state-value": 19,
  "trend-log": 20,
  accumulator: 23,
  "pulse-converter": 24,
  "character-string-value": 40,
  "integer-value": 45,
  "large-analog-value": 46,
  "positive-integer-value": 48,
} as const;

/** How plans and tools abbreviate them. */
const short: Readonly<Record<string, number>> = {
  AI: 0,
  AO: 1,
  AV: 2,
  BI: 3,
  BO: 4,
  BV: 5,
  DEV: 8,
  MI: 13,
  MSI: 13,
  MO: 14,
  MSO: 14,
  MV: 19,
  MSV: 19,
  CSV: 40,
  IV: 45,
  LAV: 46,
  PIV: 48,
};

/** An object of a device. */
export interface ObjectId {
  readonly type: number;
  readonly instance: number;
}

/** The largest instance number; one more means "unset" (12.1). */
export const lastInstance = 4_194_302;
const lastType = 1023;

const names = new Map<number, string>(Object.entries(objectTypes).map(([name, type]) => [type, name]));

/** `"analog-input:1"`, or the number of a type that has no name here. */
export const showObjectId = ({ type, instance }: ObjectId): string => `${names.get(type) ?? type}:${instance}`;

/** Reads `"analog-input:1"`, `"AI:1"`, `"ai-1"` or `"0:1"`; a sentence about what is wrong otherwise. */
export function parseObjectId(text: string): ObjectId | string {
  const match = /^\s*([A-Za-z][A-Za-z-]*?|\d+)\s*[:,\s-]?\s*(\d+)\s*$/.exec(text);
  if (!match) return `expected an object such as "analog-input:1" or "AI:1", got ${JSON.stringify(text)}`;
  const [, word = "", number] = match;
  const type = typeOf(word);
  if (type === undefined)
    return `${JSON.stringify(word)} is no type of object${didYouMean(word.toLowerCase(), Object.keys(objectTypes))}`;
  const instance = Number(number);
  if (type > lastType || instance > lastInstance)
    return `${text} is beyond the last object, ${lastType}:${lastInstance}`;
  return { type, instance };
}

function typeOf(word: string): number | undefined {
  if (/^\d+$/.test(word)) return Number(word);
  const name = word.toLowerCase();
  return Object.hasOwn(objectTypes, name) ? objectTypes[name as keyof typeof objectTypes] : short[word.toUpperCase()];
}

/** What the value of an object is, by its type; undefined for the others. */
export function kindOf({ type }: ObjectId): "analog" | "binary" | "multi-state" | undefined {
  if (type <= 2) return "analog";
  if (type <= 5) return "binary";
  return type === 13 || type === 14 || type === 19 ? "multi-state" : undefined;
}
