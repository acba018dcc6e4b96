import { ModelError } from "../errors.ts";
import { Findings } from "../findings.ts";
import { formatIssue, type Issue, showBriefly } from "../issue.ts";
import type { Resource } from "../resource.ts";
import { type CheckContext, check } from "../schema/check.ts";
import { type Claim, recognise } from "./recognise.ts";
import { warnOfUnitTraps } from "./unit-traps.ts";

/**
 * Checks one resource that is already data (from REST, the store or the cloud) against the schema of its version.
 * Returns it unchanged, unknown fields included, with warnings as lines.
 *
 * @throws ModelError `MANIFEST_INVALID` naming path, value and fix of everything that is wrong, also when it is not a
 * device resource at all.
 */
export function validateResource(value: unknown): { resource: Resource; warnings: string[] } {
  const findings = new Findings();
  const resource = resourceOf(value, { findings });
  const label = labelOf(value);
  const named = (issue: Issue): Issue => ({ ...issue, ...(label !== undefined && { resource: label }) });
  findings.throwErrors((errors) => new ModelError("MANIFEST_INVALID", errors.map(named)));
  if (resource) return { resource, warnings: findings.issues.map((issue) => formatIssue(named(issue))) };
  throw new ModelError(
    "MANIFEST_INVALID",
    findings.issues.map((issue) => ({ ...named(issue), severity: "error" })),
  );
}

/** The resource `value` is; undefined, with issues in the findings, when it is none or does not fit its schema. */
export function resourceOf(value: unknown, context: CheckContext): Resource | undefined {
  const { findings } = context;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    findings.error({
      path: "",
      value,
      message: `expected a resource with apiVersion and kind, got ${showBriefly(value)}`,
    });
    return undefined;
  }
  const schema = recognise(value as Claim, findings);
  if (!schema) return undefined;
  check(schema, value, context);
  warnOfUnitTraps(value as Resource, context);
  return value as Resource;
}

/** `"Device default/lamp"`, as far as the value says so. */
export function labelOf(value: unknown): string | undefined {
  const { kind, metadata } = (value ?? {}) as {
    kind?: unknown;
    metadata?: { name?: unknown; namespace?: unknown } | null;
  };
  const name = [metadata?.namespace, metadata?.name].filter((part) => typeof part === "string").join("/");
  const label = [kind, name].filter((part) => typeof part === "string" && part !== "").join(" ");
  return label === "" ? undefined : label;
}
