import type { ReportedProperty, StateReport, TwinReport } from "@edgetwin/cloud-protocol";
import { isJsonObject } from "../hub/json-object.ts";

/** A value as a DeviceStatus has it: text, and what is known about it. */
export interface RecordedValue {
  readonly value: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What the edge said about one property. */
export interface TwinRecord {
  readonly observedDesired?: RecordedValue;
  readonly reported?: RecordedValue;
}

/** What the edge said about one device, newest values only: the same that its DeviceStatus says. */
export interface DeviceRecord {
  readonly twins: ReadonlyMap<string, TwinRecord>;
  readonly state?: string;
  readonly lastOnlineTime?: string;
}

export const emptyRecord: DeviceRecord = { twins: new Map() };

/** The record with a report in it. What the report does not name stays. */
export function withReport(record: DeviceRecord, { twin }: TwinReport): DeviceRecord {
  const twins = new Map(record.twins);
  for (const [name, entry] of twin) twins.set(name, { ...twins.get(name), ...twinOf(entry) });
  return { ...record, twins };
}

/** The record with a state in it; an empty one changes nothing, as with CloudCore. */
export function withState(record: DeviceRecord, { state, lastOnlineTime }: StateReport): DeviceRecord {
  return { ...record, ...(state !== "" && { state }), ...(lastOnlineTime !== undefined && { lastOnlineTime }) };
}

function twinOf({ expected, actual, type, phase, reason }: ReportedProperty): TwinRecord {
  const kind = type === undefined ? {} : { type };
  const stamp = (timestamp: number | undefined) => (timestamp === undefined ? {} : { timestamp: String(timestamp) });
  const progress = { ...(phase !== undefined && { phase }), ...(reason !== undefined && { reason }) };
  return {
    ...(expected && {
      observedDesired: { value: expected.value, metadata: { ...stamp(expected.timestamp), ...kind, ...progress } },
    }),
    ...(actual && { reported: { value: actual.value, metadata: { ...stamp(actual.timestamp), ...kind } } }),
  };
}

/** The record that a stored DeviceStatus stands for. */
export function recordOf(status: unknown): DeviceRecord {
  if (!isJsonObject(status)) return emptyRecord;
  const { twins, state, lastOnlineTime } = status;
  const entries = (Array.isArray(twins) ? (twins as readonly unknown[]) : []).filter(isJsonObject);
  return {
    twins: new Map(
      entries.map(({ propertyName, observedDesired, reported }) => [
        String(propertyName),
        {
          ...(isJsonObject(observedDesired) && { observedDesired: observedDesired as unknown as RecordedValue }),
          ...(isJsonObject(reported) && { reported: reported as unknown as RecordedValue }),
        },
      ]),
    ),
    ...(typeof state === "string" && { state }),
    ...(typeof lastOnlineTime === "string" && { lastOnlineTime }),
  };
}

/** The `status` of a DeviceStatus: the properties of the device, in its order. */
export function statusOf({ twins, state, lastOnlineTime }: DeviceRecord, properties: readonly string[]) {
  return {
    ...(state !== undefined && { state }),
    ...(lastOnlineTime !== undefined && { lastOnlineTime }),
    twins: properties.flatMap((propertyName) => {
      const twin = twins.get(propertyName);
      return twin ? [{ propertyName, ...twin }] : [];
    }),
  };
}
