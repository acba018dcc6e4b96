import { BacnetRefusal } from "../names/refusals.ts";
import { type AppValue, applicationTags } from "./app-value.ts";
import type { PropertyPlace, PropertyResult } from "./bacnet-library.ts";

/** A value as both libraries have it. */
export interface LibraryValue {
  readonly type: number;
  readonly value: unknown;
}

/** One object in the answer to ReadPropertyMultiple, as both libraries have it. */
export interface LibraryObject {
  readonly objectId: { readonly type: number; readonly instance: number };
  readonly values: readonly { readonly id: number; readonly index: number; readonly value: readonly LibraryValue[] }[];
}

/** "All of the array" for both libraries. */
export const wholeArray = 0xffff_ffff;
/** Type that both libraries give to an error in place of a value. */
const errorType = 105;

/** A value of a library as ours. */
export function fromLibrary({ type, value }: LibraryValue): AppValue {
  const tag = applicationTags[type];
  switch (tag) {
    case "null":
      return { tag };
    case "boolean":
      return { tag, value: value === true };
    case "unsigned":
    case "signed":
    case "real":
    case "double":
    case "enumerated":
      return { tag, value: Number(value) };
    case "octet-string":
      return { tag, value: Uint8Array.from(value as number[]) };
    case "character-string":
      return { tag, value: String(value) };
    case "bit-string": {
      const { bitsUsed, value: bytes } = value as { bitsUsed: number; value: number[] };
      const bit = (_: unknown, index: number) => (((bytes[index >> 3] ?? 0) >> (index & 7)) & 1) === 1;
      return { tag, value: Array.from({ length: Math.max(0, Math.min(bitsUsed, bytes.length * 8)) }, bit) };
    }
    case "date":
      return { tag, value: dateText(value) };
    case "time":
      return { tag, value: timeText(value) };
    case "object-id": {
      const { type: of, instance } = value as { type: number; instance: number };
      return { tag, value: { type: of, instance } };
    }
    default:
      return { tag: "constructed" };
  }
}

/** One of our values as the libraries take it. Dates and times are not written. */
export function toLibrary(value: AppValue): LibraryValue {
  const type = applicationTags.indexOf(value.tag as (typeof applicationTags)[number]);
  if (value.tag === "null") return { type, value: null };
  if (value.tag === "octet-string") return { type, value: [...value.value] };
  if (value.tag === "bit-string" || value.tag === "date" || value.tag === "time" || value.tag === "constructed")
    throw new TypeError(`a ${value.tag} is not written`);
  return { type, value: value.value };
}

/** The answer to ReadPropertyMultiple in the order of the question. */
export function inOrder(
  places: readonly PropertyPlace[],
  objects: readonly LibraryObject[],
): readonly (PropertyResult | undefined)[] {
  const found = new Map<string, PropertyResult>();
  for (const { objectId, values } of objects)
    for (const { id, index, value } of values)
      found.set(keyOf({ object: objectId, property: id, index }), resultOf(value ?? []));
  return places.map((place) => found.get(keyOf({ index: wholeArray, ...place })));
}

/** Specifications of ReadPropertyMultiple: places of one object behind each other share one. */
export function specificationsOf(places: readonly PropertyPlace[]) {
  const objects: { objectId: PropertyPlace["object"]; properties: { id: number; index: number }[] }[] = [];
  for (const { object, property, index = wholeArray } of places) {
    const last = objects.at(-1);
    const reference = { id: property, index };
    if (last && last.objectId.type === object.type && last.objectId.instance === object.instance)
      last.properties.push(reference);
    else objects.push({ objectId: object, properties: [reference] });
  }
  return objects;
}

const keyOf = ({ object, property, index }: Required<PropertyPlace>): string =>
  `${object.type}:${object.instance}:${property}:${index}`;

function resultOf(values: readonly LibraryValue[]): PropertyResult {
  const [first] = values;
  if (first?.type !== errorType) return values.map(fromLibrary);
  return new BacnetRefusal("error", (first.value as { errorCode: number }).errorCode);
}

/** Both libraries make dates of the machine's time zone; the fields are what the device said. */
function dateText(value: unknown): string {
  const date = value instanceof Date ? value : (value as { date?: unknown } | undefined)?.date;
  if (!(date instanceof Date) || Number.isNaN(date.getTime())) return "*";
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function timeText(value: unknown): string {
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) return "*";
  return `${two(value.getHours())}:${two(value.getMinutes())}:${two(value.getSeconds())}.${two(Math.floor(value.getMilliseconds() / 10))}`;
}

const two = (number: number): string => String(number).padStart(2, "0");
