import { didYouMean, MapperError, type Property } from "@edgetwin/mapper-sdk";
import { annotations } from "../annotations.ts";
import type { Findings } from "../findings.ts";
import type { DeviceModel } from "../v1beta1.ts";
import { fromJson } from "../values/json.ts";
import { annotationObject, annotationPath } from "./annotation-json.ts";

type Properties = Readonly<Record<string, Property>>;

/**
 * Gives read-only properties their constant from the annotation `edgetwin.io/default-values`. The default of a writable
 * property is checked but not used: KubeEdge never actuates one.
 */
export function constantsOf(
  model: DeviceModel,
  { properties, findings }: { readonly properties: Properties; readonly findings: Findings },
): Record<string, Property> {
  const result: Record<string, Property> = Object.fromEntries(Object.entries(properties));
  const defaults = annotationObject(model, { name: annotations.defaultValues, findings }) ?? {};
  const streams = new Set((model.spec.properties ?? []).map(({ name }) => name));
  for (const [name, json] of Object.entries(defaults)) {
    const path = `${annotationPath(annotations.defaultValues)}.${name}`;
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (!property) {
      const hint = didYouMean(name, Object.keys(properties));
      if (!streams.has(name))
        findings.warn({ path, value: json, message: `the model has no property "${name}"${hint}` });
      continue;
    }
    try {
      const constant = fromJson(property, json);
      if (property.access === "r") result[name] = Object.freeze({ ...property, constant });
    } catch (error) {
      if (!(error instanceof MapperError)) throw error;
      findings.error({ path, value: json, message: error.message });
    }
  }
  return result;
}
