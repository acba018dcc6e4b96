import { defineMessage } from "../message.ts";
import { integer, list, object, optional, type Read, text } from "../shape.ts";

/** A device of the node. */
export interface Member {
  /** `{namespace}/{name}`. */
  readonly id: string;
  readonly name: string;
  readonly description?: string;
}

/** Devices that came to the node or left it. Only a hint: it is sent once, and lost when the edge is away. */
export interface Membership {
  readonly eventId: string;
  readonly timestamp: number;
  readonly added: readonly Member[];
  readonly removed: readonly Member[];
}

const member = object({ id: optional(text), name: optional(text), description: optional(text) });
const content = object({
  event_id: optional(text),
  timestamp: optional(integer),
  added_devices: optional(list(member)),
  removed_devices: optional(list(member)),
});

/** Tells that devices came or left; not acknowledged. */
export const membership = defineMessage<Membership, Read<typeof content>>({
  name: "membership",
  sender: "cloud",
  about: "Devices that came to the node or left it; a hint, sent once.",
  matches: ({ header, route }) =>
    route.group === "twin" && route.resource === "membership" && header.parentId === undefined,
  content,
  value: (read) => ({
    eventId: read.event_id ?? "",
    timestamp: read.timestamp ?? 0,
    added: (read.added_devices ?? []).map(memberOf),
    removed: (read.removed_devices ?? []).map(memberOf),
  }),
  envelope: ({ eventId, timestamp, added, removed }) => ({
    route: { source: "devicecontroller", group: "twin", operation: "update", resource: "membership" },
    content: {
      event_id: eventId,
      timestamp,
      added_devices: added.length > 0 ? added : null,
      removed_devices: removed.length > 0 ? removed : null,
    },
  }),
});

const details = object({ event_id: optional(text), timestamp: optional(integer), devices: optional(list(member)) });

/** All devices of the node. EdgeCore makes its list equal to it, which repairs memberships that were lost. */
export const membershipDetail = defineMessage<
  { readonly timestamp: number; readonly devices: readonly Member[] },
  Read<typeof details>
>({
  name: "membership detail",
  sender: "cloud",
  about: "All devices of the node; repairs what was lost.",
  matches: ({ header, route }) =>
    route.group === "twin" && route.resource === "membership/detail" && header.parentId === undefined,
  content: details,
  value: (read) => ({ timestamp: read.timestamp ?? 0, devices: (read.devices ?? []).map(memberOf) }),
  envelope: ({ timestamp, devices }) => ({
    route: { source: "devicecontroller", group: "twin", operation: "get", resource: "membership/detail" },
    content: { event_id: "", timestamp, devices },
  }),
});

function memberOf({ id = "", name, description }: Read<typeof member>): Member {
  return { id, name: name ?? id.slice(id.indexOf("/") + 1), ...(description !== undefined && { description }) };
}
