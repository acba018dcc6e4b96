import { type ClosedLoop, type Property, parseClosedLoops } from "@edgetwin/mapper-sdk";
import { annotations } from "../annotations.ts";
import type { Findings } from "../findings.ts";
import type { Metadata } from "../v1beta1.ts";
import { annotationObject, annotationPath } from "./annotation-json.ts";

/**
 * How writes are verified through other properties, from the annotation `edgetwin.io/verify` of a model or a device:
 * `{"power":{"by":"rpm","when":{"ON":{"min":300}},"within":"5s"}}`. Whatever is not understood is an error: a loop with a
 * typing mistake must not silently verify nothing.
 */
export function verifyOf(
  resource: { readonly metadata: Metadata },
  { properties, findings }: { readonly properties: Readonly<Record<string, Property>>; readonly findings: Findings },
): Readonly<Record<string, ClosedLoop>> | undefined {
  const given = annotationObject(resource, { name: annotations.verify, findings });
  if (!given) return undefined;
  const { issues } = parseClosedLoops(properties, given);
  for (const { path, value, message } of issues) {
    findings.error({ path: `${annotationPath(annotations.verify)}.${path}`, value, message });
  }
  return issues.length === 0 ? (given as Readonly<Record<string, ClosedLoop>>) : undefined;
}
