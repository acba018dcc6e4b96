import { didYouMean, nearest } from "@edgetwin/mapper-sdk";
import type { Findings } from "../findings.ts";
import { showBriefly } from "../issue.ts";
import { type ApiVersion, apiGroup, apiVersions, type Kind, kinds } from "../resource.ts";
import type { Schema } from "../schema/schema.ts";
import { schemas } from "../schema/schemas.ts";

/** What a document claims to be. */
export interface Claim {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
}

/**
 * The schema of a document by its `apiVersion` and `kind`; undefined when it is not ours (a warning) or misspelt (an
 * error with the fix).
 */
export function recognise({ apiVersion, kind }: Claim, findings: Findings): Schema | undefined {
  const isOurKind = typeof kind === "string" && (kinds as readonly string[]).includes(kind);
  if (typeof apiVersion !== "string") {
    const fix = `expected "${apiGroup}/v1beta1" or an older version of it`;
    findings.error({
      path: "apiVersion",
      value: apiVersion,
      message: apiVersion === undefined ? `is missing; ${fix}` : `${fix}, got ${showBriefly(apiVersion)}`,
    });
    return undefined;
  }
  const slash = apiVersion.lastIndexOf("/");
  const group = apiVersion.slice(0, Math.max(slash, 0));
  const version = apiVersion.slice(slash + 1);
  if (group !== apiGroup) {
    if (isOurKind && nearest(group, [apiGroup]) !== undefined) {
      const message = `there is no such API group; did you mean "${apiGroup}/${version}"?`;
      findings.error({ path: "apiVersion", value: apiVersion, message });
    } else {
      const message = `${typeof kind === "string" ? kind : "this"} of ${apiVersion} is not a device resource; it is skipped`;
      findings.warn({ path: "", value: kind, message });
    }
    return undefined;
  }
  if (!isVersion(version)) {
    const message = `expected one of ${apiVersions.join(", ")}, got "${version}"${didYouMean(version, apiVersions)}`;
    findings.error({ path: "apiVersion", value: apiVersion, message });
    return undefined;
  }
  if (!isOurKind) {
    const hint = typeof kind === "string" ? didYouMean(kind, kinds) : "";
    const found = kind === undefined ? "is missing" : `${showBriefly(kind)} is no device resource`;
    findings.error({ path: "kind", value: kind, message: `${found}; expected ${kinds.join(", ")}${hint}` });
    return undefined;
  }
  const schema = schemas[version][kind as Kind];
  if (!schema)
    findings.error({
      path: "apiVersion",
      value: apiVersion,
      message: `${kind} does not exist in ${version}; write ${apiGroup}/v1beta1`,
    });
  return schema;
}

const isVersion = (version: string): version is ApiVersion => (apiVersions as readonly string[]).includes(version);
