import type { ReportedProperty, StateReport, TwinReport } from "@edgetwin/cloud-protocol";
import { formatText } from "@edgetwin/models";
import { typeWord } from "../../bus/twin-json.ts";
import type { DeviceTwin, PropertyTwin } from "../../twin/types.ts";

/** What of a report is not the device's. */
export interface ReportStamp {
  readonly eventId: string;
  readonly timestamp: number;
}

/** How a report is written. */
export interface ReportForm extends ReportStamp {
  /** Whether it says how far desired values got: Edgetwin's bridge makes conditions of it. */
  readonly withProgress: boolean;
}

/**
 * The current values of `names`; undefined when none has one. A property that was never read has no entry: CloudCore
 * stores an entry without a value as an empty one, and dies of one that is `null`.
 */
export function twinReportOf(
  { id, twins }: DeviceTwin,
  names: Iterable<string>,
  { withProgress, ...stamp }: ReportForm,
): TwinReport | undefined {
  const twin = new Map<string, ReportedProperty>();
  for (const name of names) {
    const entry = entryOf(twins.get(name), withProgress);
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

function entryOf(twin: PropertyTwin | undefined, withProgress: boolean): ReportedProperty | undefined {
  // CloudCore would store an entry without a reported value as an empty one.
  if (!twin || (!twin.reported && !(withProgress && twin.desired))) return undefined;
  const { desired, reported, type, progress } = twin;
  const isCurrent = withProgress && progress !== undefined && progress.version === desired?.version;
  return {
    ...(desired && { expected: { value: formatText(desired.value, type), timestamp: desired.at } }),
    ...(reported && { actual: { value: formatText(reported.value, type), timestamp: reported.at } }),
    type: typeWord(type),
    ...(isCurrent && {
      phase: progress.phase,
      ...(progress.reason !== undefined && { reason: progress.reason.slice(0, longestReason) }),
    }),
  };
}

/** What of a reason goes to the cloud, where it becomes part of a message of a condition. */
const longestReason = 300;

function splitId(id: string): { readonly namespace: string; readonly name: string } {
  const slash = id.indexOf("/");
  return { namespace: id.slice(0, slash), name: id.slice(slash + 1) };
}

/** In whole seconds, as KubeEdge writes it. */
const rfc3339 = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;
