import { type Field, f, fields, type Input, type Output } from "@edgetwin/mapper-sdk";
import { statusFlagNames } from "../cov/object-state.ts";
import { type ObjectId, parseObjectId } from "../names/object-types.ts";
import { parseProperty, propertyIds } from "../names/properties.ts";
import { priorityField } from "./connection.ts";

/** A field whose parser says in a sentence what is wrong. */
const said = <T>(
  parse: (raw: unknown) => T | { readonly wrong: string },
  expected: string,
): Field<T, string | number> => ({
  expected,
  parse(raw) {
    if (raw === undefined) return { message: `is missing; expected ${expected}` };
    const value = parse(raw);
    return typeof value === "object" && value !== null && "wrong" in value
      ? { message: value.wrong as string }
      : { value: value as T };
  },
});

/** An object of a device. */
export const objectField = said<ObjectId>((raw) => {
  const parsed = parseObjectId(String(raw));
  return typeof parsed === "string" ? { wrong: parsed } : parsed;
}, 'an object such as "analog-input:1" or "AI:1"') as Field<ObjectId, string>;

/** A property of an object. */
export const propertyField = said<number>((raw) => {
  const parsed = parseProperty(raw);
  return typeof parsed === "string" ? { wrong: parsed } : parsed;
}, "a property by name or number");

const valuesField: Field<Readonly<Record<string, number>>, Readonly<Record<string, number>>> = f.custom(
  "an object with a number for each word, e.g. { OFF: 1, AUTO: 2 }",
  (raw) => {
    if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return undefined;
    const entries = Object.entries(raw).map(([word, number]) => [word, Number(number)] as const);
    if (entries.length === 0 || entries.some(([, number]) => !Number.isInteger(number) || number < 0)) return undefined;
    return Object.fromEntries(entries);
  },
) as Field<Readonly<Record<string, number>>, Readonly<Record<string, number>>>;

const scalarField: Field<string | number | boolean, string | number | boolean> = f.custom(
  "a value of the property",
  (raw) => (["string", "number", "boolean"].includes(typeof raw) ? (raw as string | number | boolean) : undefined),
) as Field<string | number | boolean, string | number | boolean>;

/** Types a value can be written as. */
export const writableTags = [
  "real",
  "double",
  "unsigned",
  "signed",
  "enumerated",
  "boolean",
  "character-string",
  "octet-string",
] as const;

/** Where a property lives on a device. */
export const visitor = fields({
  object: objectField,
  property: f.withDefault(propertyField, propertyIds["present-value"] as never),
  index: f.optional(f.int({ min: 0, max: 65_535 })),
  flag: f.optional(f.oneOf(statusFlagNames)),
  values: f.optional(valuesField),
  type: f.optional(f.oneOf(writableTags)),
  priority: f.optional(priorityField()),
  relinquish: f.optional(scalarField),
  ignoreFlags: f.withDefault(f.boolean(), false),
});

export type Visitor = Output<typeof visitor>;
/** Where a property lives, as authors may write it. */
export type BacnetVisitor = Input<typeof visitor>;
