import { didYouMean, MapperError, type Model, showValue } from "@edgetwin/mapper-sdk";
import { factsOf, type ReadAs } from "../sensors/decode-sensor.ts";
import type { SensorValue } from "../sensors/sensor-format.ts";
import type { Visitor } from "./visitor.ts";

/** Where a property of a sensor comes from. */
export interface SensorProperty {
  /** Name of the value that the sensor says. */
  readonly value: string;
  /** The value as the property holds it. */
  fit(value: SensorValue): SensorValue;
}

const holders = { number: ["INT", "FLOAT", "DOUBLE"], boolean: ["BOOLEAN"], string: ["STRING"] } as const;

/**
 * By name, where the properties of a sensor come from.
 * @throws MapperError `CONFIG_INVALID` naming each visitor that does not fit the format or its property.
 */
export function sensorPlan(
  model: Model,
  visitors: Readonly<Record<string, Visitor>>,
  format: ReadAs,
): ReadonlyMap<string, SensorProperty> {
  const facts = factsOf(format);
  const plan = new Map<string, SensorProperty>();
  const problems: string[] = [];
  for (const [name, visitor] of Object.entries(visitors)) {
    const property = model.properties[name];
    if (!property) continue;
    const { value = name, ...others } = visitor as { readonly value?: string };
    const [misplaced] = Object.keys(others);
    // A sensor that says the same thing twice has the second as temperature2.
    const known = facts[value] ?? facts[value.replace(/[2-9]$/, "")];
    if (misplaced !== undefined)
      problems.push(`visitors.${name}.${misplaced}: a sensor that is read from advertisements has only "value"`);
    else if (!known)
      problems.push(
        `visitors.${name}.value: ${format} knows no ${showValue(value)}${didYouMean(value, Object.keys(facts))}`,
      );
    else if (property.access === "rw")
      problems.push(`visitors.${name}.value: a sensor only says its values; make the property ReadOnly in the model`);
    else if (!(holders[known.type] as readonly string[]).includes(property.type))
      problems.push(
        `visitors.${name}.value: ${value} is a ${known.type}, which a property of type ${property.type} cannot hold`,
      );
    else
      plan.set(name, {
        value,
        fit: (said) => (property.type === "INT" && typeof said === "number" ? Math.round(said) : said),
      });
  }
  if (problems.length > 0) throw new MapperError("CONFIG_INVALID", problems.join("\n"));
  return plan;
}
