import { defineModel, type Model, type Property, p } from "@edgetwin/mapper-sdk";
import { ModelError } from "../errors.ts";
import { Findings } from "../findings.ts";
import type { Issue } from "../issue.ts";
import type { DeviceModel, ModelProperty } from "../v1beta1.ts";
import { type Bounds, boundsOf } from "./bounds.ts";
import { constantsOf } from "./constants.ts";
import { enumsOf } from "./enums.ts";
import { safetyOf } from "./safety.ts";
import { verifyOf } from "./verify.ts";

/**
 * The SDK's model of a v1beta1 DeviceModel: types, access, bounds, units, options (`edgetwin.io/enums`), constants of
 * read-only properties (`edgetwin.io/default-values`) the safety envelope (`edgetwin.io/safety`) and how writes are verified (`edgetwin.io/verify`). INT is handled
 * over the full 64 bits, as `bigint`. STREAM properties cannot be twins; they are left out with a warning.
 *
 * @throws ModelError `MODEL_INVALID` with every issue, naming path, value and fix.
 */
export function modelOf(model: DeviceModel): { model: Model; warnings: string[] } {
  const findings = new Findings();
  const declared = declaredProperties(model, findings);
  const enums = enumsOf(model, findings);
  const shapes = declared.map(([path, property]): readonly [string, Property] => {
    const options = Object.hasOwn(enums, property.name) ? enums[property.name] : undefined;
    return [property.name, propertyOf({ property, bounds: boundsOf(property, { path, findings }), options })];
  });
  const properties = constantsOf(model, { properties: Object.fromEntries(shapes), findings });
  const safety = safetyOf(model, { properties, findings });
  const verify = verifyOf(model, { properties, findings });
  findings.throwErrors((issues) => new ModelError("MODEL_INVALID", issues.map(named(model))));
  const rules = safety || verify ? { ...safety, ...(verify && { verify }) } : undefined;
  return { model: defineModel(model.metadata.name, properties, rules), warnings: findings.warnings() };
}

const named =
  ({ metadata }: DeviceModel) =>
  (issue: Issue): Issue => ({ resource: `DeviceModel ${metadata.name}`, ...issue });

type TwinProperty = ModelProperty & { readonly type: Exclude<ModelProperty["type"], "STREAM"> };

/** The properties a twin can hold, each with its path; says what is left out and what is there twice. */
function declaredProperties({ spec }: DeviceModel, findings: Findings): (readonly [string, TwinProperty])[] {
  const seen = new Map<string, string>();
  return (spec.properties ?? []).flatMap((property, index): (readonly [string, TwinProperty])[] => {
    const path = `spec.properties[${index}]`;
    const { name, type } = property;
    const first = seen.get(name);
    if (first !== undefined)
      findings.error({
        path: `${path}.name`,
        value: name,
        message: `"${name}" is already at ${first}; rename one of them`,
      });
    seen.set(name, path);
    if (type !== "STREAM") return [[path, { ...property, type }]];
    findings.warn({
      path,
      value: type,
      message: `"${name}" is of type STREAM, which no twin can hold; it is left out`,
    });
    return [];
  });
}

function propertyOf({
  property,
  bounds,
  options,
}: {
  readonly property: TwinProperty;
  readonly bounds: Bounds;
  readonly options: readonly string[] | undefined;
}): Property {
  const facts = {
    access: property.accessMode === "ReadOnly" ? ("r" as const) : ("rw" as const),
    ...(property.unit && { unit: property.unit }),
    ...(property.description && { description: property.description }),
  };
  switch (property.type) {
    case "INT":
      return p.int64({ ...facts, ...bounds.integer }) as Property;
    case "FLOAT":
      return p.float({ ...facts, ...bounds.decimal }) as Property;
    case "DOUBLE":
      return p.double({ ...facts, ...bounds.decimal }) as Property;
    case "BOOLEAN":
      return p.boolean(facts) as Property;
    case "BYTES":
      return p.bytes(facts) as Property;
    case "STRING":
      return (options ? p.oneOf(options, facts) : p.string(facts)) as Property;
  }
}
