import { didYouMean, type Interlock, MapperError, type Property, type Safety } from "@edgetwin/mapper-sdk";
import { annotations } from "../annotations.ts";
import type { Findings } from "../findings.ts";
import { showBriefly } from "../issue.ts";
import type { DeviceModel } from "../v1beta1.ts";
import { fromJson } from "../values/json.ts";
import { annotationObject, annotationPath, isObject } from "./annotation-json.ts";

interface Context {
  readonly properties: Readonly<Record<string, Property>>;
  readonly findings: Findings;
}

const fields = ["interlocks", "failSafe"];
const interlockFields = ["never", "because"];

/**
 * The safety envelope from the annotation `edgetwin.io/safety`:
 * `{"interlocks":[{"never":{"red":"ON","green":"ON"},"because":"…"}],"failSafe":{"red":"OFF"}}`.
 * Whatever is not understood is an error: an interlock with a typing mistake must not silently be none.
 */
export function safetyOf(model: DeviceModel, context: Context): Safety | undefined {
  const { findings } = context;
  const given = annotationObject(model, { name: annotations.safety, findings });
  if (!given) return undefined;
  const path = annotationPath(annotations.safety);
  refuseUnknown(given, { known: fields, path, findings });
  const { interlocks = [], failSafe } = given;
  if (!Array.isArray(interlocks)) {
    findings.error({
      path: `${path}.interlocks`,
      value: interlocks,
      message: `expected a list, got ${showBriefly(interlocks)}`,
    });
    return undefined;
  }
  return {
    interlocks: interlocks.map((entry, index) =>
      interlockOf(entry, { ...context, path: `${path}.interlocks[${index}]` }),
    ),
    ...(failSafe !== undefined && { failSafe: failSafeOf(failSafe, { ...context, path: `${path}.failSafe` }) }),
  };
}

function interlockOf(entry: unknown, context: Context & { readonly path: string }): Interlock {
  const { path, findings } = context;
  if (!isObject(entry)) {
    findings.error({ path, value: entry, message: `expected an object with "never", got ${showBriefly(entry)}` });
    return { never: {} };
  }
  refuseUnknown(entry, { known: interlockFields, path, findings });
  const { because } = entry;
  if (because !== undefined && typeof because !== "string") {
    findings.error({ path: `${path}.because`, value: because, message: `expected text, got ${showBriefly(because)}` });
  }
  const never = valuesOf(entry.never, { ...context, path: `${path}.never` });
  if (isObject(entry.never) && Object.keys(entry.never).length === 0) {
    findings.error({
      path: `${path}.never`,
      value: entry.never,
      message: "names no property, so it would forbid everything",
    });
  }
  return { never, ...(typeof because === "string" && { because }) };
}

/** Fail-safe values are driven, so their properties must be writable. */
function failSafeOf(given: unknown, context: Context & { readonly path: string }): Record<string, unknown> {
  const values = valuesOf(given, context);
  for (const name of Object.keys(values).filter((candidate) => context.properties[candidate]?.access === "r")) {
    const message = `"${name}" is read-only, so nothing can drive it; remove it or make it ReadWrite`;
    context.findings.error({ path: `${context.path}.${name}`, value: values[name], message });
  }
  return values;
}

/** Twin values by property; what does not fit its property is an error. */
function valuesOf(
  given: unknown,
  { properties, findings, path }: Context & { readonly path: string },
): Record<string, unknown> {
  if (!isObject(given)) {
    findings.error({
      path,
      value: given,
      message: `expected an object with values by property, got ${showBriefly(given)}`,
    });
    return {};
  }
  const entries = Object.entries(given).flatMap(([name, json]): [string, unknown][] => {
    const at = `${path}.${name}`;
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (!property) {
      const hint = didYouMean(name, Object.keys(properties));
      findings.error({ path: at, value: json, message: `the model has no property "${name}"${hint}` });
      return [];
    }
    try {
      return [[name, property.accept(fromJson(property, json))]];
    } catch (error) {
      if (!(error instanceof MapperError)) throw error;
      findings.error({ path: at, value: json, message: error.message });
      return [];
    }
  });
  return Object.fromEntries(entries);
}

function refuseUnknown(
  given: Readonly<Record<string, unknown>>,
  { known, path, findings }: { readonly known: readonly string[]; readonly path: string; readonly findings: Findings },
): void {
  for (const name of Object.keys(given).filter((candidate) => !known.includes(candidate))) {
    findings.error({
      path: `${path}.${name}`,
      value: given[name],
      message: `is no field here${didYouMean(name, known)}`,
    });
  }
}
