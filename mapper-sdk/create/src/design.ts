import type { Model, Property } from "@edgetwin/mapper-sdk";
import { builderOf, type PropertyBuilder } from "@edgetwin/models";
import { camelCase } from "./check-name.ts";

/** What a new mapper is made from: the names in its code, and its model. */
export interface Design {
  /** Of the package, the folder and the mapper's file: `green-house`. */
  readonly name: string;
  /** Of the mapper's constant: `greenHouse`. */
  readonly constant: string;
  readonly model: Model;
  readonly properties: readonly DesignedProperty[];
}

/** A property as templates write it. */
export interface DesignedProperty {
  readonly name: string;
  readonly property: Property;
  readonly writable: boolean;
  /** The builder that declares it: decides how its values look in code. */
  readonly kind: PropertyBuilder;
  /** As an object's key and behind an object: `level` and `.level`, or `"flow rate"` and `["flow rate"]`. */
  readonly key: string;
  readonly member: string;
}

/** Puts name and model together. */
export function designOf(name: string, model: Model): Design {
  const properties = Object.entries(model.properties).map(([property, declared]): DesignedProperty => {
    const isPlain = /^[A-Za-z_$][\w$]*$/.test(property) && property !== "__proto__";
    const quoted = JSON.stringify(property);
    return {
      name: property,
      property: declared,
      writable: declared.access === "rw",
      kind: builderOf(model, property),
      key: isPlain ? property : property === "__proto__" ? '["__proto__"]' : quoted,
      member: isPlain ? `.${property}` : `[${quoted}]`,
    };
  });
  return { name, constant: camelCase(name), model, properties };
}
