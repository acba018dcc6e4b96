import type { FieldFacts } from "@edgetwin/mapper-sdk";
import type { Device } from "@edgetwin/models";
import type { DeviceEntry } from "../registry/registry.ts";

/** Something that a device does on demand. */
export type DeviceMethod =
  /** Code of its mapper. */
  | {
      readonly kind: "mapper";
      readonly name: string;
      readonly description?: string;
      /** The fields it takes; missing when its schema does not tell. */
      readonly input?: readonly FieldFacts[];
    }
  /** KubeEdge's `spec.methods[]`: a change of some of these properties. */
  | {
      readonly kind: "properties";
      readonly name: string;
      readonly description?: string;
      readonly properties: readonly string[];
    };

/** The methods of a device: those of its mapper, then those of its manifest that no method of the mapper hides. */
export function methodsOf({ device, methods }: Pick<DeviceEntry, "device" | "methods">): readonly DeviceMethod[] {
  const own = methods.map((facts): DeviceMethod => ({ kind: "mapper", ...facts }));
  const taken = new Set(methods.map(({ name }) => name));
  return [...own, ...declared(device).filter(({ name }) => !taken.has(name))];
}

function declared({ spec }: Device): DeviceMethod[] {
  return (spec.methods ?? []).flatMap(({ name, description, propertyNames }): DeviceMethod[] => {
    if (typeof name !== "string" || name === "") return [];
    const properties = Array.isArray(propertyNames) ? propertyNames.map(String) : [];
    const about = typeof description === "string" && description !== "" ? { description } : {};
    return [{ kind: "properties", name, ...about, properties }];
  });
}
