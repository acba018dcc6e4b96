import type { AppValue } from "../client/app-value.ts";
import type { PropertyPlace, PropertyResult } from "../client/bacnet-library.ts";
import type { RemoteDevice } from "../link/remote-device.ts";
import { kindOf, type ObjectId } from "../names/object-types.ts";
import { propertyIds } from "../names/properties.ts";
import { BacnetRefusal } from "../names/refusals.ts";

/** What a device says about itself. */
export interface DeviceDescription {
  readonly name: string | undefined;
  readonly vendor: string | undefined;
  readonly model: string | undefined;
  readonly description: string | undefined;
  readonly location: string | undefined;
  readonly objects: readonly ObjectDescription[];
  /** Objects that it has besides those. */
  readonly left: number;
}

/** What a device says about one of its analog, binary or multi-state objects. */
export interface ObjectDescription {
  readonly object: ObjectId;
  readonly name: string | undefined;
  readonly description: string | undefined;
  /** Whether it has priorities, which is to say that others may command it (ASHRAE 135 19.2.1). */
  readonly isCommandable: boolean;
  readonly unit: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly states: readonly string[];
  readonly stateCount: number | undefined;
}

interface Options {
  readonly maxObjects: number;
  readonly signal: AbortSignal;
}

/** Reads what a device has. Rejects as {@link RemoteDevice.read} does. */
export async function readDevice(device: RemoteDevice, { maxObjects, signal }: Options): Promise<DeviceDescription> {
  const self = { type: 8, instance: device.instance };
  const read = (places: readonly PropertyPlace[]) => device.read(places, { urgent: true, signal });
  const names = ["object-name", "vendor-name", "model-name", "description", "location"] as const;
  const about = await read(names.map((name) => ({ object: self, property: propertyIds[name] })));
  const [name, vendor, model, description, location] = about.map((result) => textIn(result));
  const all = (await objectList(read, self)).filter((object) => kindOf(object) !== undefined);
  const objects: ObjectDescription[] = [];
  for (const object of all.slice(0, maxObjects)) objects.push(await describe(read, object));
  return { name, vendor, model, description, location, objects, left: all.length - objects.length };
}

type Read = (places: readonly PropertyPlace[]) => Promise<readonly (PropertyResult | undefined)[]>;

/** The whole list where the device can send it, else element by element (12.11.12). */
async function objectList(read: Read, object: ObjectId): Promise<readonly ObjectId[]> {
  const property = propertyIds["object-list"];
  const [whole] = await read([{ object, property }]);
  if (whole && !(whole instanceof BacnetRefusal)) return objectsIn(whole);
  if (whole && !whole.isTooLong) throw whole;
  const found: ObjectId[] = [];
  for (let from = 1; ; from += elementsAtOnce) {
    const places = Array.from({ length: elementsAtOnce }, (_, index) => ({ object, property, index: from + index }));
    const results = await read(places);
    const taken = results.flatMap((result) => (Array.isArray(result) ? objectsIn(result) : []));
    found.push(...taken);
    if (taken.length < elementsAtOnce) return found;
  }
}

const elementsAtOnce = 16;

async function describe(read: Read, object: ObjectId): Promise<ObjectDescription> {
  const kind = kindOf(object);
  const own = { analog: analogNames, binary: binaryNames, "multi-state": multiStateNames }[kind ?? "analog"];
  const names = [...commonNames, ...own];
  const results = await read(names.map((name) => ({ object, property: propertyIds[name] })));
  const at = (name: (typeof names)[number]) => results[names.indexOf(name)];
  const states =
    kind === "binary"
      ? [textIn(at("inactive-text")), textIn(at("active-text"))].filter((text) => text !== undefined)
      : textsIn(at("state-text"));
  return {
    object,
    name: textIn(at("object-name")),
    description: textIn(at("description")),
    isCommandable: Array.isArray(at("relinquish-default")),
    unit: numberIn(at("units")),
    min: numberIn(at("min-pres-value")),
    max: numberIn(at("max-pres-value")),
    states,
    stateCount: numberIn(at("number-of-states")),
  };
}

const commonNames = ["object-name", "description", "relinquish-default"] as const;
const analogNames = ["units", "min-pres-value", "max-pres-value"] as const;
const binaryNames = ["inactive-text", "active-text"] as const;
const multiStateNames = ["number-of-states", "state-text"] as const;

const valuesIn = (result: PropertyResult | undefined): readonly AppValue[] =>
  result === undefined || result instanceof BacnetRefusal ? [] : result;

const objectsIn = (values: readonly AppValue[]): ObjectId[] =>
  values.flatMap((value) => (value.tag === "object-id" ? [value.value] : []));

const textsIn = (result: PropertyResult | undefined): string[] =>
  valuesIn(result).flatMap((value) => (value.tag === "character-string" ? [value.value] : []));

const textIn = (result: PropertyResult | undefined): string | undefined => {
  const text = textsIn(result)[0]?.trim();
  return text === "" ? undefined : text;
};

function numberIn(result: PropertyResult | undefined): number | undefined {
  const [value] = valuesIn(result);
  if (!value || !("value" in value) || typeof value.value !== "number") return undefined;
  return Number.isFinite(value.value) ? value.value : undefined;
}
