import { Draft, nothing } from "./outcome.ts";
import { putReported } from "./report.ts";
import type { DeviceTwin, Effect, Outcome, PropertyTwin, TwinEvent } from "./types.ts";

type ProgressEvent = Extract<TwinEvent, { kind: "progress" }>;

const runner = { door: "agent", actor: "device runner" } as const;

const shown: readonly Effect[] = [{ kind: "publish" }];
const storedLater: readonly Effect[] = [{ kind: "persist", durability: "deferred" }, { kind: "publish" }];

/** The runner's word on a desired version. */
export function reduceProgress(device: DeviceTwin, event: ProgressEvent): Outcome {
  const twin = device.twins.get(event.property);
  if (!twin) return nothing;
  if (twin.desired?.version !== event.version) return outdated(device, twin, event);

  const { phase, version, at, reason } = event;
  const attempts = (twin.progress?.attempts ?? 0) + (phase === "applying" ? 1 : 0);
  const done = phase === "applied" || phase === "verified";
  const moved: PropertyTwin = {
    ...twin,
    appliedVersion: done ? Math.max(twin.appliedVersion, version) : twin.appliedVersion,
    progress: { phase, version, at, attempts, ...(reason !== undefined && { reason }) },
  };
  const draft = new Draft(device.twins);
  const seen = event.reported ? withReading(draft, device, { twin: moved, event: event.reported, at }) : moved;
  // Every try of a device that is away would flood the log: a failure counts again only when its reason is new.
  const repeated = phase === "failed" && twin.progress?.reason === reason;
  if (phase === "applying" || repeated) draft.put(seen);
  else draft.record(seen, { at, origin: runner, what: phase, version, ...(reason !== undefined && { reason }) });
  return draft.outcome(phase === "applying" ? shown : storedLater);
}

function withReading(
  draft: Draft,
  device: DeviceTwin,
  { twin, event, at }: { twin: PropertyTwin; event: NonNullable<ProgressEvent["reported"]>; at: number },
): PropertyTwin {
  putReported(draft, { device, twin, reading: { value: event.value, at }, origin: event.origin });
  return draft.get(twin.name) ?? twin;
}

/** A newer desired value came meanwhile. What was written is still worth knowing; the newer one is applied next. */
function outdated(device: DeviceTwin, twin: PropertyTwin, { phase, version }: ProgressEvent): Outcome {
  if ((phase !== "applied" && phase !== "verified") || version <= twin.appliedVersion) return nothing;
  const draft = new Draft(device.twins);
  draft.put({ ...twin, appliedVersion: version });
  return draft.outcome([{ kind: "persist", durability: "deferred" }]);
}
