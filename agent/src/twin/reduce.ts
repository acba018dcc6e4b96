import { reduceChange } from "./change.ts";
import { constantSource, reduceConfigure } from "./configure.ts";
import { Draft, nothing } from "./outcome.ts";
import { reduceProgress } from "./progress.ts";
import { reduceRefresh } from "./refresh.ts";
import type { DeviceTwin, Health, Outcome, TwinEvent } from "./types.ts";

/**
 * What an event does to the twins of a device. Pure: no clock, no I/O; the same device and event give the same outcome.
 * An outcome with refusals changes nothing.
 */
export function reduce(device: DeviceTwin, event: TwinEvent): Outcome {
  switch (event.kind) {
    case "change":
      return reduceChange(device, event);
    case "refresh":
      return reduceRefresh(device, event);
    case "progress":
      return reduceProgress(device, event);
    case "quality":
      return reduceQuality(device, event);
    case "health":
      return reduceHealth(device, event);
    case "configure":
      return reduceConfigure(device, event);
    case "restart":
      return reduceRestart(device, event);
  }
}

function reduceQuality(device: DeviceTwin, event: Extract<TwinEvent, { kind: "quality" }>): Outcome {
  const draft = new Draft(device.twins);
  const { quality, reason } = event;
  for (const name of event.properties ?? device.twins.keys()) {
    const twin = device.twins.get(name);
    if (!twin?.reported || twin.reported.source === constantSource) continue;
    if (twin.reported.quality === quality && twin.reported.reason === reason) continue;
    const { reason: _, ...reported } = twin.reported;
    draft.put({ ...twin, reported: { ...reported, quality, ...(reason !== undefined && { reason }) } });
  }
  if (draft.changes.length === 0) return nothing;
  return draft.outcome([{ kind: "persist", durability: "deferred" }, { kind: "publish" }]);
}

function reduceHealth(device: DeviceTwin, event: Extract<TwinEvent, { kind: "health" }>): Outcome {
  const { state, at, reason } = event;
  const alive = state === "online" || state === "ok";
  const lastOnlineAt = alive ? at : device.health.lastOnlineAt;
  const health: Health = {
    state,
    at,
    ...(reason !== undefined && { reason }),
    ...(lastOnlineAt !== undefined && { lastOnlineAt }),
  };
  const same = device.health.state === state && device.health.reason === reason;
  // A mapper says "online" every second; only a change is worth a write.
  return {
    ...nothing,
    health,
    effects: [...(same ? [] : [{ kind: "persist", durability: "lazy" } as const]), { kind: "publish" }],
  };
}

/** Nobody knows how far the last write got: outstanding versions start over, and readings are old until taken again. */
function reduceRestart(device: DeviceTwin, { at }: Extract<TwinEvent, { kind: "restart" }>): Outcome {
  const draft = new Draft(device.twins);
  for (const twin of device.twins.values()) {
    const { progress, reported } = twin;
    const unsure =
      progress && progress.phase !== "verified" && progress.phase !== "rejected" && progress.phase !== "applied";
    draft.put({
      ...twin,
      ...(unsure && { progress: { phase: "pending", version: progress.version, at, attempts: progress.attempts } }),
      ...(reported &&
        reported.source !== constantSource && {
          reported: { ...reported, quality: "stale", reason: "not read since the agent started" },
        }),
    });
  }
  return draft.outcome([]);
}
