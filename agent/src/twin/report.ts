import { sameValue, showValue, type Value } from "@edgetwin/mapper-sdk";
import type { Draft } from "./outcome.ts";
import type { DeviceTwin, Origin, Progress, PropertyTwin, Reported, TwinChange } from "./types.ts";

interface Report {
  readonly device: DeviceTwin;
  readonly twin: PropertyTwin;
  readonly reading: { readonly value: Value; readonly at: number; readonly distrust?: string };
  readonly origin: Origin;
}

/** Puts a reading into its twin, unless a newer one is there already. */
export function putReported(draft: Draft, { device, twin, reading, origin }: Report): void {
  const { value, at, distrust } = reading;
  // A report never overtakes an older one of the same property. Clocks jump, so only the same source is compared.
  const source = sourceOf(origin);
  if (twin.reported && twin.reported.source === source && twin.reported.at > at && !clockJumped(twin.reported, at)) {
    return draft.put(twin);
  }
  const reported: Reported = {
    value,
    at,
    source,
    quality: distrust === undefined ? "good" : "bad",
    ...(distrust !== undefined && { reason: distrust }),
    version: sameValue(twin.reported?.value, value) ? (twin.reported?.version ?? 0) : (twin.reported?.version ?? 0) + 1,
  };
  const seen = { ...twin, reported };
  const agreed = sameValue(seen.desired?.value, value);
  if (!device.shape.served && seen.desired && agreed && seen.progress?.phase !== "verified") {
    const { version } = seen.desired;
    const progress: Progress = { phase: "verified", version, at, attempts: seen.progress?.attempts ?? 0 };
    return draft.record(
      { ...seen, appliedVersion: version, progress },
      { at, origin, what: "verified", version, value },
    );
  }
  if (seen.desired && !agreed && seen.progress?.phase === "verified")
    return putDrift(draft, seen, { device, at, origin });
  draft.put(seen);
}

/**
 * Whether a reading only says that nothing changed. A thousand properties that are read every second would otherwise
 * make a thousand new twins a second, each living just long enough to be expensive to collect.
 */
export function isRefresh(
  { reported }: PropertyTwin,
  { value, at, source }: { readonly value: Value; readonly at: number; readonly source: string },
): boolean {
  if (reported?.quality !== "good" || at < reported.at) return false;
  return reported.source === source && sameValue(reported.value, value);
}

/** Who read a value, as a reported value remembers it. */
export const sourceOf = ({ door, actor }: Origin) => `${door} ${actor}`;

/** The device left the value that was verified: somebody pressed its button. It is shown, not written again. */
function putDrift(
  draft: Draft,
  twin: PropertyTwin,
  { device, at, origin }: { device: DeviceTwin; at: number; origin: Origin },
): void {
  const { progress, reported } = twin;
  if (!progress || !reported) return draft.put(twin);
  const reason = `the device left the desired value: it reports ${showValue(reported.value)}`;
  // A KubeEdge mapper is told again by the repeated delta; our own runner writes a version once.
  const phase = device.shape.served ? "applied" : "pending";
  draft.record(
    { ...twin, progress: { ...progress, phase, at, reason } },
    { at, origin, what: "drifted", value: reported.value },
  );
}

/** More than a minute back: the wall clock was set, the reading is not older. */
const clockJumped = (reported: Reported, at: number) => reported.at - at > 60_000;

/** Whether a change is worth storing: more than a fresher time on the same value. */
export function isNewValue({ before, after }: TwinChange): boolean {
  return (
    before?.reported?.version !== after?.reported?.version ||
    before?.reported?.quality !== after?.reported?.quality ||
    before?.causes !== after?.causes ||
    before?.progress?.phase !== after?.progress?.phase
  );
}
