import { formatDuration } from "@edgetwin/mapper-sdk";
import type { Findings } from "../findings.ts";
import { type Resource, versionOf } from "../resource.ts";
import { type CheckContext, formatPath, type Path } from "../schema/check.ts";

const nanosecondsPerMs = 1_000_000;
const dayMs = 86_400_000;
const cycles = ["collectCycle", "reportCycle"] as const;

/**
 * Warns of cycles in the wrong unit: v1alpha2 counts nanoseconds; v1beta1 counts milliseconds, but before KubeEdge 1.17.2
 * it counted nanoseconds, and old manifests are still about.
 */
export function warnOfUnitTraps(resource: Resource, context: CheckContext): void {
  if (resource.kind !== "Device") return;
  const { spec } = resource as { spec?: Readonly<Record<string, unknown>> };
  const version = versionOf(resource);
  if (version === "v1alpha1") return;
  const field = version === "v1alpha2" ? "propertyVisitors" : "properties";
  const entries: unknown = spec?.[field];
  if (!Array.isArray(entries)) return;
  for (const [index, entry] of entries.entries()) {
    for (const cycle of cycles) {
      const value = Number((entry as Readonly<Record<string, unknown>> | null)?.[cycle]);
      const message = version === "v1alpha2" ? tooShort(value) : tooLong(value);
      if (message !== undefined) warn(context, { path: ["spec", field, index, cycle], value, message });
    }
  }
}

function tooShort(nanoseconds: number): string | undefined {
  if (!(nanoseconds > 0 && nanoseconds < nanosecondsPerMs)) return undefined;
  return `counts nanoseconds: ${nanoseconds} are less than a millisecond; for ${formatDuration(nanoseconds)} write ${nanoseconds * nanosecondsPerMs}`;
}

function tooLong(ms: number): string | undefined {
  if (!(ms > dayMs)) return undefined;
  const meant = ms / nanosecondsPerMs;
  const fix =
    meant >= 1
      ? `; KubeEdge before 1.17.2 counted nanoseconds: for ${formatDuration(meant)} write ${Math.round(meant)}`
      : "";
  return `counts milliseconds: ${ms} are ${formatDuration(ms)}${fix}`;
}

interface Warning {
  readonly path: Path;
  readonly value: unknown;
  readonly message: string;
}

function warn({ findings, lineOf }: CheckContext, { path, value, message }: Warning): void {
  const line = lineOf?.(path);
  (findings satisfies Findings).warn({ path: formatPath(path), value, message, ...(line !== undefined && { line }) });
}
