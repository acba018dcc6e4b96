import type { Property, PropertyType } from "@edgetwin/mapper-sdk";
import { toJson } from "@edgetwin/models";
import type { DeviceTwin, Origin, Phase, PropertyTwin, Quality } from "../twin/types.ts";

type Json = string | number | boolean;

/** One property of a twin as REST shows it. Times are RFC 3339 in UTC, values are JSON typed by the property. */
export interface TwinJson {
  readonly propertyName: string;
  readonly type: PropertyType;
  readonly access: "r" | "rw";
  readonly unit?: string;
  readonly options?: readonly string[];
  readonly min?: Json;
  readonly max?: Json;
  /** True when only a message announced the property. */
  readonly optional?: true;
  readonly desired?: { readonly value: Json; readonly version: number; readonly at: string; readonly by: Origin };
  /** How far the desired version got; missing when nothing is desired. */
  readonly phase?: Phase;
  readonly phaseAt?: string;
  readonly attempts?: number;
  /** Why it failed, was rejected or has to wait. */
  readonly reason?: string;
  /** The highest desired version ever given: what `If-Match` and `ifVersion` compare. */
  readonly version: number;
  readonly appliedVersion: number;
  readonly reported?: {
    readonly value: Json;
    readonly version: number;
    readonly at: string;
    readonly ageMs: number;
    readonly source: string;
    readonly quality: Quality;
    readonly reason?: string;
  };
}

/** @param now wall-clock milliseconds, for the age of the reported value. */
export function twinJson(device: DeviceTwin, twin: PropertyTwin, now: number): TwinJson {
  const { name, type, desired, progress, reported } = twin;
  return {
    propertyName: name,
    type,
    ...factsOf(device.shape.properties.get(name), type),
    ...(twin.optional && { optional: true }),
    ...(desired && {
      desired: {
        value: toJson(desired.value, type),
        version: desired.version,
        at: timestamp(desired.at),
        by: desired.origin,
      },
    }),
    ...(progress && { phase: progress.phase, phaseAt: timestamp(progress.at), attempts: progress.attempts }),
    ...(progress?.reason !== undefined && { reason: progress.reason }),
    version: twin.lastVersion,
    appliedVersion: twin.appliedVersion,
    ...(reported && {
      reported: {
        value: toJson(reported.value, type),
        version: reported.version,
        at: timestamp(reported.at),
        // The wall clock of a Pi jumps at the first NTP answer; an age is never negative.
        ageMs: Math.max(0, now - reported.at),
        source: reported.source,
        quality: reported.quality,
        ...(reported.reason !== undefined && { reason: reported.reason }),
      },
    }),
  };
}

function factsOf(property: Property | undefined, type: PropertyType): Pick<TwinJson, "access" | "unit" | "min"> {
  if (!property) return { access: "rw" };
  const { access, unit, options, min, max } = property;
  return {
    access,
    ...(unit !== undefined && { unit }),
    ...(options && { options }),
    ...(min !== undefined && { min: toJson(min, type) }),
    ...(max !== undefined && { max: toJson(max, type) }),
  };
}

/** RFC 3339, UTC, milliseconds. */
export const timestamp = (ms: number): string => new Date(ms).toISOString();
