import type { ReportedProperty, StateReport, TwinReport } from "@edgetwin/cloud-protocol";
import { formatText } from "@edgetwin/models";
import { typeWord } from "../../bus/twin-json.ts";
import type { DeviceTwin, PropertyTwin } from "../../twin/types.ts";

/** What of a report is not the device's. */
export interface ReportStamp {
  readonly eventId: string;
  readonly timestamp: number;
}

/**
 * The current values of `names`; undefined when none has one. A property that was never read has no entry: CloudCore
 * stores an entry without a value as an empty one, and dies of one that is `null`.
 */
export function twinReportOf(
  { id, twins }: DeviceTwin,
  names: Iterable<string>,
  stamp: ReportStamp,
): TwinReport | undefined {
  const twin = new Map<string, ReportedProperty>();
  for (const name of names) {
    const entry = entryOf(twins.get(name));
    if (entry) twin.set(name, entry);
  }
  return twin.size === 0 ? undefined : { ...splitId(id), ...stamp, twin };
}

/** Health in KubeEdge's words. */
export function stateReportOf({ id, health }: DeviceTwin, stamp: ReportStamp): StateReport {
  const { state, lastOnlineAt } = health;
  const online = lastOnlineAt === undefined ? {} : { lastOnlineTime: rfc3339(lastOnlineAt) };
  return { ...splitId(id), ...stamp, state, ...online };
}

function entryOf(twin: PropertyTwin | undefined): ReportedProperty | undefined {
  if (!twin?.reported) return undefined;
  const { desired, reported, type } = twin;
  return {
    ...(desired && { expected: { value: formatText(desired.value, type), timestamp: desired.at } }),
    actual: { value: formatText(reported.value, type), timestamp: reported.at },
    type: typeWord(type),
  };
}

function splitId(id: string): { readonly namespace: string; readonly name: string } {
  const slash = id.indexOf("/");
  return { namespace: id.slice(0, slash), name: id.slice(slash + 1) };
}

/** In whole seconds, as KubeEdge writes it. */
const rfc3339 = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;
