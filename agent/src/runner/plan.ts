import type { DeviceConfig, Mapper, Protocol } from "@edgetwin/mapper-sdk";
import type { DeviceShape } from "../twin/types.ts";
import type { ChangeFilter } from "./change-filter.ts";

/** How a device is to be run. */
export type DevicePlan =
  /** By a mapper of this agent. */
  | {
      readonly kind: "served";
      /** Where `mapper` comes from; another one means another session. */
      readonly part: Mapper | Protocol;
      readonly mapper: Mapper;
      readonly config: DeviceConfig;
      readonly shape: DeviceShape;
      /** Milliseconds between readings, by property; the default cycle for those that are missing. */
      readonly cycles: ReadonlyMap<string, number>;
      readonly filters: ReadonlyMap<string, ChangeFilter>;
      /** Name of the mapper that serves it, as people know it. */
      readonly source: string;
      /** Reads and read-backs may take this long, in milliseconds, where that is more than usual. */
      readonly patienceMs?: number;
    }
  /** By a KubeEdge mapper on the message bus. */
  | { readonly kind: "unserved"; readonly reason: string; readonly shape: DeviceShape }
  /** By a mapper that does not run now or does not answer; `retry` when asking again may help, else somebody will say so. */
  | {
      readonly kind: "away";
      readonly protocol: string;
      readonly reason: string;
      readonly retry: boolean;
      readonly shape: DeviceShape;
    }
  /** Not at all: manifest, model and mapper do not fit each other. */
  | { readonly kind: "refused"; readonly reason: string; readonly shape: DeviceShape };

export type ServedPlan = Extract<DevicePlan, { kind: "served" }>;

/** Whether two plans need the same open session, so that a running device may go on untouched. */
export function sameSession(a: DevicePlan | undefined, b: DevicePlan): boolean {
  if (a?.kind !== "served" || b.kind !== "served" || a.part !== b.part) return false;
  if (a.mapper.protocol !== b.mapper.protocol || a.mapper.model.name !== b.mapper.model.name) return false;
  if (a.patienceMs !== b.patienceMs) return false;
  const names = (plan: ServedPlan) => Object.keys(plan.mapper.model.properties).join();
  return names(a) === names(b) && stableText(a.config) === stableText(b.config);
}

/** JSON with sorted keys; bigint as text. */
function stableText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === "bigint") return `${part}n`;
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)));
  });
}
