import { type Discovered, defineModel, type Property, type PropertyFacts, p } from "@edgetwin/mapper-sdk";
import { kindOf, showObjectId } from "../names/object-types.ts";
import { unitSymbol } from "../names/units.ts";
import type { DeviceDescription, ObjectDescription } from "./read-device.ts";

/** What is known of a device before it is read. */
export interface Found {
  readonly instance: number;
  readonly connection: Readonly<Record<string, unknown>>;
  readonly facts: Readonly<Record<string, string | number>>;
}

/** Limits beyond this only say that there are none. */
const noLimit = 1e9;

/** A finding that is ready to be a device: a property for each object. */
export function proposalFor(device: DeviceDescription, { instance, connection, facts }: Found): Discovered {
  const { vendor, model, description, location, objects, left } = device;
  const name = device.name ?? `bacnet ${instance}`;
  const taken = new Set<string>();
  const proposed = objects.map((object) => ({ name: uniqueName(object, taken), ...propertyFor(object) }));
  const who = [vendor, model].filter((part) => part !== undefined).join(" ");
  return {
    name,
    description: `BACnet device ${instance}${who === "" ? "" : `, ${who}`}, with ${objects.length} analog, binary and multi-state objects${left > 0 ? ` of ${objects.length + left}` : ""}.`,
    confidence: 1,
    connection,
    facts: {
      ...facts,
      ...(vendor && { vendor }),
      ...(model && { product: model }),
      ...(description && { description }),
      ...(location && { location }),
    },
    ...(proposed.length > 0 && {
      model: defineModel(
        slug(name) || `bacnet-${instance}`,
        Object.fromEntries(proposed.map(({ name, property }) => [name, property])),
      ),
      visitors: Object.fromEntries(proposed.map(({ name, visitor }) => [name, visitor])),
    }),
  };
}

interface Proposed {
  readonly property: Property;
  readonly visitor: Readonly<Record<string, unknown>>;
}

function propertyFor(described: ObjectDescription): Proposed {
  const { object, unit, min, max, states, stateCount } = described;
  const symbol = unit === undefined ? undefined : unitSymbol(unit);
  const facts: PropertyFacts = {
    ...(described.isCommandable && { access: "rw" }),
    ...(symbol && { unit: symbol }),
    ...(described.description && { description: described.description }),
  };
  const visitor = { object: showObjectId(object) };
  switch (kindOf(object)) {
    case "binary":
      return { property: p.boolean(facts), visitor };
    case "multi-state": {
      const names = states.map((state) => state.trim());
      const areNames =
        names.length > 1 && names.every((one) => one !== "") && new Set(names.map(lower)).size === names.length;
      if (!areNames) return { property: p.int({ ...facts, min: 1, ...(stateCount && { max: stateCount }) }), visitor };
      const values = Object.fromEntries(names.map((one, index) => [one, index + 1]));
      return { property: p.oneOf(names, facts), visitor: { ...visitor, values } };
    }
    default:
      return {
        property: p.float({
          ...facts,
          ...(min !== undefined && Math.abs(min) < noLimit && { min }),
          ...(max !== undefined && Math.abs(max) < noLimit && { max }),
        }),
        visitor,
      };
  }
}

function uniqueName({ name, object }: ObjectDescription, taken: Set<string>): string {
  const first = slug(name ?? "") || slug(showObjectId(object));
  let unique = first;
  for (let count = 2; taken.has(unique); count++) unique = `${first}-${count}`;
  taken.add(unique);
  return unique;
}

const lower = (text: string): string => text.toLowerCase();

/** As names of properties and resources are written: `"Room Temp.1"` is `"room-temp-1"`. */
const slug = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 63)
    .replace(/-+$/, "");
