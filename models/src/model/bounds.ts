import { MapperError, p } from "@edgetwin/mapper-sdk";
import type { Findings } from "../findings.ts";
import type { ModelProperty } from "../v1beta1.ts";
import { parseText } from "../values/parse-text.ts";

/** Bounds of a numeric property, in the type in which the SDK wants them. */
export interface Bounds {
  readonly integer?: { readonly min?: bigint; readonly max?: bigint };
  readonly decimal?: { readonly min?: number; readonly max?: number };
}

// Bounds of a FLOAT are rounded like its values: 0.3 must stay within a maximum of 0.3.
const numeric = { INT: p.int64(), FLOAT: p.float(), DOUBLE: p.double() } as const;

/** Reads `minimum` and `maximum`, which are decimal text in v1beta1. Empty text is no bound, as in KubeEdge. */
export function boundsOf(property: ModelProperty, { path, findings }: { path: string; findings: Findings }): Bounds {
  const type = property.type as keyof typeof numeric;
  const bound = (field: "minimum" | "maximum") => {
    const text = property[field];
    if (text === undefined || text === null || text === "") return undefined;
    if (!Object.hasOwn(numeric, type)) {
      findings.warn({ path: `${path}.${field}`, value: text, message: `a ${type} has no bounds; it is ignored` });
      return undefined;
    }
    try {
      return parseText(numeric[type], text) as bigint | number;
    } catch (error) {
      if (!(error instanceof MapperError)) throw error;
      findings.error({ path: `${path}.${field}`, value: text, message: error.message });
      return undefined;
    }
  };
  const min = bound("minimum");
  const max = bound("maximum");
  if (min !== undefined && max !== undefined && min > max) {
    const message = `${min} is above the maximum ${max}; exchange them`;
    findings.error({ path: `${path}.minimum`, value: property.minimum, message });
  }
  const range = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
  return type === "INT"
    ? { integer: range as Bounds["integer"] & object }
    : { decimal: range as Bounds["decimal"] & object };
}
