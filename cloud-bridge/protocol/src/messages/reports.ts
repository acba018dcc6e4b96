import { isObject } from "../envelope.ts";
import { defineMessage } from "../message.ts";
import { type DeviceName, formatReportPath, parseReportPath } from "../resource-path.ts";
import { anyObject, anything, integer, jsonText, object, optional, type Read, record, text } from "../shape.ts";

const value = object({ value: optional(text), metadata: optional(object({ timestamp: optional(integer) })) });
const entry = object({
  expected: optional(value),
  actual: optional(value),
  metadata: optional(object({ type: optional(text), phase: optional(text), reason: optional(text) })),
});

/** What a device says about one property. */
export interface ReportedProperty {
  /** The desired value that the device works on. */
  readonly expected?: ReportedValue;
  readonly actual?: ReportedValue;
  /** Name of the type as KubeEdge's device twin has it: `int`, `string`, ... */
  readonly type?: string;
  /** How far the desired value got; only Edgetwin's agent says it, and only to Edgetwin's bridge. */
  readonly phase?: string;
  /** Why it got no further; for people. */
  readonly reason?: string;
}

/** A value as text, and when it was taken, in milliseconds since 1970. */
export interface ReportedValue {
  readonly value: string;
  readonly timestamp?: number;
}

/** Twin values of one device. */
export interface TwinReport extends DeviceName {
  readonly eventId: string;
  readonly timestamp: number;
  readonly twin: ReadonlyMap<string, ReportedProperty>;
}

const twinContent = object({
  event_id: optional(text),
  timestamp: optional(integer),
  twin: optional(record(anything)),
});

/**
 * Twin values of a device. An entry that is `null` is left out: CloudCore crashes on one, so a reader must bear it and a
 * writer never sends it. CloudCore answers with {@link confirmation} after the API server took it, or not at all.
 */
export const twinReport = defineMessage<TwinReport, Read<typeof twinContent> | undefined>({
  name: "twin report",
  sender: "edge",
  about: "Reported values of a device; the cloud confirms it.",
  matches: ({ route }) => route.source === "twin" && parseReportPath(route.resource)?.report === "twin",
  content: optional(jsonText(twinContent)),
  value: (content, { route }) => ({
    ...deviceOf(route.resource),
    eventId: content?.event_id ?? "",
    timestamp: content?.timestamp ?? 0,
    twin: new Map(
      [...(content?.twin ?? [])].flatMap(([name, raw]) => (isObject(raw) ? [[name, readEntry(name, raw)]] : [])),
    ),
  }),
  envelope: ({ namespace, name, eventId, timestamp, twin }) => ({
    route: reportRoute(formatReportPath({ namespace, name }, "twin")),
    content: {
      event_id: eventId,
      timestamp,
      twin: Object.fromEntries([...twin].map(([property, reported]) => [property, writeEntry(reported)])),
    },
  }),
});

/** Health of one device. */
export interface StateReport extends DeviceName {
  readonly eventId: string;
  readonly timestamp: number;
  /** `online`, `offline`, `ok`, `unhealthy`, `unknown`, or whatever the sender has. */
  readonly state: string;
  /** RFC 3339 in UTC. */
  readonly lastOnlineTime?: string;
}

const stateContent = object({
  event_id: optional(text),
  timestamp: optional(integer),
  device: optional(object({ state: optional(text), lastOnlineTime: optional(text) })),
});

/** Health of a device. EdgeCore sends the content as JSON in a text, and so do we; CloudCore takes an object as well. */
export const stateReport = defineMessage<StateReport, Read<typeof stateContent> | undefined>({
  name: "state report",
  sender: "edge",
  about: "Health of a device.",
  matches: ({ route }) => route.source === "twin" && parseReportPath(route.resource)?.report === "state",
  content: optional(jsonText(stateContent)),
  value: (content, { route }) => ({
    ...deviceOf(route.resource),
    eventId: content?.event_id ?? "",
    timestamp: content?.timestamp ?? 0,
    state: content?.device?.state ?? "",
    ...(content?.device?.lastOnlineTime && { lastOnlineTime: content.device.lastOnlineTime }),
  }),
  envelope: ({ namespace, name, eventId, timestamp, state, lastOnlineTime }) => ({
    route: reportRoute(formatReportPath({ namespace, name }, "state")),
    content: JSON.stringify({ event_id: eventId, timestamp, device: { name, state, lastOnlineTime } }),
  }),
});

/** The cloud stored a report. There is no negative answer: silence means that it must be sent again. */
export const confirmation = defineMessage<{ readonly parentId: string }, unknown>({
  name: "confirmation",
  sender: "cloud",
  about: "A report was stored.",
  matches: ({ header, route }) =>
    route.group === "twin" && route.operation === "response" && header.parentId !== undefined,
  content: anything,
  value: (_, { header }) => ({ parentId: header.parentId ?? "" }),
  envelope: ({ parentId }) => ({
    route: { source: "devicecontroller", group: "twin", operation: "response", resource: "twin" },
    parentId,
    content: "OK",
  }),
});

/** Asks for the devices of the node. CloudCore has ignored it since 1.1; a bridge of ours answers it. */
export const membershipQuery = defineMessage({
  name: "membership query",
  sender: "edge",
  about: "Asks for the devices of the node; CloudCore does not answer.",
  matches: ({ route }) => route.resource === "membership/detail" && route.source === "twin",
  content: optional(jsonText(anyObject)),
  value: () => ({}),
  envelope: () => ({
    route: { source: "twin", group: "resource", operation: "get", resource: "membership/detail" },
    content: JSON.stringify({ event_type: "group_membership_event", operation: "detail" }),
  }),
});

const reportRoute = (resource: string) => ({ source: "twin", group: "resource", operation: "update", resource });

function deviceOf(resource: string): DeviceName {
  const { namespace, name } = parseReportPath(resource) as DeviceName;
  return { namespace, name };
}

function readEntry(name: string, raw: unknown): ReportedProperty {
  const { expected, actual, metadata } = entry(raw, `twin report.twin.${name}`);
  const read = (one: Read<typeof value>): ReportedValue => ({
    value: one.value ?? "",
    ...(one.metadata?.timestamp !== undefined && { timestamp: one.metadata.timestamp }),
  });
  return {
    ...(expected && { expected: read(expected) }),
    ...(actual && { actual: read(actual) }),
    ...(metadata?.type !== undefined && { type: metadata.type }),
    ...(metadata?.phase !== undefined && { phase: metadata.phase }),
    ...(metadata?.reason !== undefined && { reason: metadata.reason }),
  };
}

function writeEntry({ expected, actual, type, phase, reason }: ReportedProperty): Record<string, unknown> {
  const metadata = {
    ...(type !== undefined && { type }),
    ...(phase !== undefined && { phase }),
    ...(reason !== undefined && { reason }),
  };
  const write = ({ value: written, timestamp }: ReportedValue) => ({
    value: written,
    ...(timestamp !== undefined && { metadata: { timestamp } }),
  });
  return {
    ...(expected && { expected: write(expected) }),
    ...(actual && { actual: write(actual) }),
    optional: true,
    ...(Object.keys(metadata).length > 0 && { metadata }),
  };
}
