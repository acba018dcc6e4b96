import { type DeclareMethod, f, fields, MapperError } from "@edgetwin/mapper-sdk";
import type { BacnetDevice } from "./device.ts";
import { propertyIds } from "./names/properties.ts";
import { BacnetRefusal } from "./names/refusals.ts";
import { refused } from "./refused.ts";
import { priorityField } from "./visitors/connection.ts";
import { showAppValue } from "./visitors/show-app-value.ts";
import { objectField, propertyField, type Visitor } from "./visitors/visitor.ts";

/** For putting a device into operation: what every BACnet device can do, whatever its model says. */
export const bacnetMethods = (method: DeclareMethod<BacnetDevice, Readonly<Record<string, Visitor>>>) => ({
  relinquish: method({
    description: "Empties the slot that a property was written to, so that the building's own program decides again.",
    input: fields({ property: f.string(), priority: f.optional(priorityField()) }),
    async run({ session, signal }, { property, priority }) {
      if (!session.has(property))
        throw new MapperError("VALUE_INVALID", `relinquish: there is no property ${property}`);
      await session.relinquish(property, priority, signal);
    },
  }),
  readProperty: method({
    description: "Reads a property of any object, to look at a device: values as text.",
    input: fields({
      object: objectField,
      property: f.withDefault(propertyField, propertyIds["present-value"]),
      index: f.optional(f.int({ min: 0, max: 65_535 })),
    }),
    output: fields({ values: f.custom("values", (raw) => raw as readonly string[]) }),
    async run({ session, signal }, { object, property, index }) {
      const place = {
        object,
        property,
        ...(index !== undefined && { index }),
      };
      const [result] = await session.remote.read([place], { urgent: true, signal });
      if (result instanceof BacnetRefusal) throw refused(result, place, false);
      return { values: (result ?? []).map(showAppValue) };
    },
  }),
});
