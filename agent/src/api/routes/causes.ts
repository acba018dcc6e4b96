import { toJson } from "@edgetwin/models";
import { AgentError } from "../../errors.ts";
import type { Cause, Origin, PropertyTwin } from "../../twin/types.ts";
import { findProperty, findTwins } from "../find.ts";
import { ok, type Reply } from "../reply.ts";
import type { Call, Route } from "../route.ts";
import { timestamp } from "../twin-json.ts";

/** Who changed what, when, through which door, with which result. */
export const causeRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/api/v1/devices/{namespace}/{name}/twin/{property}/causes",
    query: ["limit"],
    handle: getCauses,
  },
];

/** One line of the cause log as REST shows it. */
export interface CauseJson {
  readonly seq: number;
  readonly at: string;
  readonly by: Origin;
  readonly what: Cause["what"];
  readonly version?: number;
  readonly value?: string | number | boolean;
  readonly reason?: string;
}

async function getCauses({ core, params, query }: Call): Promise<Reply> {
  const device = findTwins(core, params);
  const twin = findProperty(device, params.property as string);
  const limit = asLimit(query.get("limit"));
  const causes = await core.engine.causes(device.id, twin.name);
  return ok({
    device: device.id,
    propertyName: twin.name,
    items: causes.slice(-limit).map((cause) => causeJson(cause, twin)),
  });
}

/** @param property whose values they are; undefined for causes without any. */
export function causeJson(
  { seq, at, origin, what, version, value, reason }: Cause,
  property?: Pick<PropertyTwin, "type">,
): CauseJson {
  return {
    seq,
    at: timestamp(at),
    by: origin,
    what,
    ...(version !== undefined && { version }),
    ...(value !== undefined && property && { value: toJson(value, property.type) }),
    ...(reason !== undefined && { reason }),
  };
}

/** How many of the newest causes `?limit=` wants. @throws AgentError `REQUEST_INVALID`. */
export function asLimit(text: string | null): number {
  if (text === null) return Infinity;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new AgentError("REQUEST_INVALID", `limit must be a whole number from 1, got "${text}"`);
}
