import type { StoredObject } from "../kubernetes/client.ts";
import { desiredValues } from "./device-facts.ts";
import type { DeviceRecord, TwinRecord } from "./device-record.ts";
import type { Judgement } from "./judge-device.ts";
import { isSameValue } from "./same-value.ts";

/** One condition of a device, by the conventions of the Kubernetes API. */
export interface Condition {
  readonly type: "Synced" | "Applied" | "Online" | "Ready";
  readonly status: "True" | "False" | "Unknown";
  readonly observedGeneration?: number;
  readonly lastTransitionTime: string;
  readonly reason: string;
  readonly message: string;
}

/** Everything that the conditions of a device follow from. */
export interface DeviceSituation {
  readonly device: StoredObject;
  readonly judgement: Judgement;
  readonly record: DeviceRecord;
  /** Whether the node lives, as far as anybody knows. */
  readonly isNodeReachable: boolean;
  readonly node: string | undefined;
  /** Whether the edge stored the device and its model as they are now. */
  readonly isStored: boolean;
}

type Verdict = Pick<Condition, "status" | "reason" | "message">;

const verdict = (status: Condition["status"], reason: string, message: string): Verdict => ({
  status,
  reason,
  message,
});

/** The conditions of a device. Those whose status did not change keep the time of their last change. */
export function conditionsOf(
  situation: DeviceSituation,
  { before, now }: { readonly before: readonly Condition[]; readonly now: number },
): readonly Condition[] {
  const synced = syncedOf(situation);
  const applied = appliedOf(situation, synced);
  const online = onlineOf(situation);
  const failing = [synced, online, applied].find(({ status }) => status !== "True");
  const ready = failing
    ? verdict("False", failing.reason, failing.message)
    : verdict("True", "Ready", "the edge serves the device as it is wanted");
  const { generation } = situation.device.metadata;
  const time = `${new Date(now).toISOString().slice(0, 19)}Z`;
  const verdicts = { Synced: synced, Applied: applied, Online: online, Ready: ready };
  return Object.entries(verdicts).map(([name, found]) => {
    const type = name as Condition["type"];
    const last = before.find((condition) => condition.type === type);
    return {
      type,
      ...found,
      ...(typeof generation === "number" && { observedGeneration: generation }),
      lastTransitionTime: last && last.status === found.status ? last.lastTransitionTime : time,
    };
  });
}

function syncedOf({ judgement, isStored, isNodeReachable, node }: DeviceSituation): Verdict {
  if (judgement.verdict !== "Ready") return verdict("False", judgement.verdict, judgement.message);
  if (isStored) return verdict("True", "Stored", `node ${node} has the device and its model as they are`);
  if (isNodeReachable) return verdict("False", "Waiting", `node ${node} has not confirmed the device yet`);
  return verdict("False", "NodeGone", `node ${node} is not connected; it gets the device when it comes`);
}

function onlineOf({ record: { state }, isNodeReachable, node }: DeviceSituation): Verdict {
  if (node === undefined) return verdict("Unknown", "NoNode", "no node serves the device");
  if (!isNodeReachable) return verdict("Unknown", "NodeGone", `node ${node} is not connected`);
  switch (state?.toLowerCase()) {
    case "online":
    case "ok":
      return verdict("True", "Online", "the device answers");
    case "offline":
      return verdict("False", "Offline", "the device does not answer");
    case "unhealthy":
      return verdict("False", "Unhealthy", "the device answers with failures");
    default:
      return verdict("Unknown", "NotReported", `node ${node} has not said how the device is`);
  }
}

/** How a desired value stands, from bad to good. */
const ranks = ["Rejected", "Failed", "OtherDesired", "Pending", "NotReported", "Applied"] as const;
interface Standing {
  readonly rank: (typeof ranks)[number];
  readonly message: string;
}

function appliedOf({ device, record }: DeviceSituation, synced: Verdict): Verdict {
  const desired = desiredValues(device);
  if (desired.length === 0) return verdict("True", "NothingDesired", "the device has no desired value");
  if (synced.status !== "True") return verdict("False", "NotSynced", synced.message);
  const standings = desired.map(({ name, value, isReported }): Standing => {
    if (!isReported) return { rank: "NotReported", message: `${name}: reportToCloud is false` };
    return standingOf(name, value, record.twins.get(name));
  });
  const worst = ranks.find((rank) => standings.some((standing) => standing.rank === rank)) ?? "Applied";
  if (worst === "Applied") return verdict("True", "Applied", "the device has every desired value");
  const message = standings.flatMap((standing) => (standing.rank === worst ? standing.message : [])).join("; ");
  return verdict(worst === "NotReported" ? "Unknown" : "False", worst, message);
}

function standingOf(name: string, wanted: string, twin: TwinRecord | undefined): Standing {
  const observed = twin?.observedDesired;
  if (!observed) return { rank: "Pending", message: `${name}: the edge has not said that it wants "${wanted}"` };
  const { type = "string", phase, reason } = observed.metadata ?? {};
  const isOptionInOtherCase = phase !== undefined && observed.value.toLowerCase() === wanted.toLowerCase();
  if (!isSameValue(type, observed.value, wanted) && !isOptionInOtherCase) {
    return { rank: "OtherDesired", message: `${name}: the edge wants "${observed.value}", not "${wanted}"` };
  }
  if (phase === "rejected") return { rank: "Rejected", message: `${name}: ${reason ?? "the edge refused the value"}` };
  if (phase === "failed") return { rank: "Failed", message: `${name}: ${reason ?? "the write failed"}` };
  const reported = twin.reported?.value;
  const isThere = reported !== undefined && isSameValue(type, reported, observed.value);
  // Edges of KubeEdge tell no phase: with them a report that agrees is the confirmation.
  const isApplied = phase === undefined ? isThere : phase === "applied" || phase === "verified";
  if (isApplied) return { rank: "Applied", message: "" };
  return {
    rank: "Pending",
    message: `${name}: wanted "${wanted}", reported ${reported === undefined ? "nothing" : `"${reported}"`}`,
  };
}
