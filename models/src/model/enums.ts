import { didYouMean } from "@edgetwin/mapper-sdk";
import { annotations } from "../annotations.ts";
import type { Findings } from "../findings.ts";
import { showBriefly } from "../issue.ts";
import type { DeviceModel } from "../v1beta1.ts";
import { annotationObject, annotationPath } from "./annotation-json.ts";

/** The allowed texts by property, from the annotation `edgetwin.io/enums`: `{"red":["OFF","ON"]}`. */
export function enumsOf(model: DeviceModel, findings: Findings): Readonly<Record<string, readonly string[]>> {
  const given = annotationObject(model, { name: annotations.enums, findings }) ?? {};
  const properties = model.spec.properties ?? [];
  const entries = Object.entries(given).flatMap(([name, options]): [string, string[]][] => {
    const path = `${annotationPath(annotations.enums)}.${name}`;
    const property = properties.find((candidate) => candidate.name === name);
    if (!property) {
      const hint = didYouMean(
        name,
        properties.map((candidate) => candidate.name),
      );
      findings.error({ path, value: options, message: `the model has no property "${name}"${hint}` });
    } else if (property.type !== "STRING") {
      findings.error({
        path,
        value: options,
        message: `only a STRING can list its values; "${name}" is ${property.type}`,
      });
    } else if (!isTextList(options)) {
      findings.error({ path, value: options, message: `expected a list of texts, got ${showBriefly(options)}` });
    } else if (new Set(options.map((option) => option.toLowerCase())).size < options.length) {
      findings.error({ path, value: options, message: "two of the texts differ in case only; remove one" });
    } else return [[name, options]];
    return [];
  });
  return Object.fromEntries(entries);
}

const isTextList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every((entry) => typeof entry === "string");
