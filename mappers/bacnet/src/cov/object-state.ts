import type { AppValue } from "../client/app-value.ts";
import type { PropertyResult } from "../client/bacnet-library.ts";

/** The flags of BACnetStatusFlags in their order (ASHRAE 135 clause 21). */
export const statusFlagNames = ["in-alarm", "fault", "overridden", "out-of-service"] as const;
export type StatusFlag = (typeof statusFlagNames)[number];
export type StatusFlags = Readonly<Record<StatusFlag, boolean>>;

/** What a notification tells of an object, and what is read to check that. */
export interface ObjectState {
  readonly value: AppValue | undefined;
  /** Missing where the object has none. */
  readonly flags: StatusFlags | undefined;
}

/** Status flags as they are read; undefined when they are none. */
export function statusFlagsOf(result: PropertyResult | undefined): StatusFlags | undefined {
  if (!Array.isArray(result)) return undefined;
  const [bits] = result as readonly AppValue[];
  if (bits?.tag !== "bit-string") return undefined;
  const { value } = bits;
  return Object.fromEntries(statusFlagNames.map((name, index) => [name, value[index] === true])) as StatusFlags;
}

/** Whether an object that changed from one state to the other has to say so, as far as we know (13.1). */
export function hasChanged(from: ObjectState, to: ObjectState, increment: number | undefined): boolean {
  if (statusFlagNames.some((name) => from.flags?.[name] !== to.flags?.[name])) return true;
  const [a, b] = [numberIn(from.value), numberIn(to.value)];
  if (a !== undefined && b !== undefined && increment !== undefined && increment > 0)
    return Math.abs(a - b) >= increment * tolerance;
  return JSON.stringify(from.value) !== JSON.stringify(to.value);
}

/** Increments are rounded on their way: just reaching one counts. */
const tolerance = 1 + 1e-6;

const numberIn = (value: AppValue | undefined): number | undefined =>
  value && (value.tag === "real" || value.tag === "double") ? value.value : undefined;
