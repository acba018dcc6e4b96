import type { Condition } from "./device-conditions.ts";
import type { Happening } from "./event-recorder.ts";

/** Reasons that somebody must act upon: what only needs time is no event. */
const failures: ReadonlySet<string> = new Set([
  "NoNode",
  "NoModel",
  "ModelMissing",
  "ModelInvalid",
  "DeviceInvalid",
  "Rejected",
  "Failed",
  "Offline",
  "Unhealthy",
]);

/** The events of a change of conditions: a failure that is new, or was another one before. */
export function happeningsOf(before: readonly Condition[], now: readonly Condition[]): readonly Happening[] {
  return now.flatMap(({ type, status, reason, message }): Happening[] => {
    // It repeats what the others say.
    if (type === "Ready" || status === "True" || !failures.has(reason)) return [];
    const last = before.find((condition) => condition.type === type);
    const isNew = last?.reason !== reason || last.message !== message;
    return isNew ? [{ type: "Warning", reason, message: `${type}: ${message}` }] : [];
  });
}
