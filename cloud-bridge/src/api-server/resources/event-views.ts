import type { ApiObject, Fields } from "../api-object.ts";
import { fieldsAt } from "../api-object.ts";
import type { Conversion } from "./served-resource.ts";

/** Fields of events.k8s.io/v1, and what core/v1 calls them. Events are stored as core/v1 has them. */
const names: readonly (readonly [ours: string, core: string])[] = [
  ["note", "message"],
  ["regarding", "involvedObject"],
  ["reportingController", "reportingComponent"],
  ["deprecatedSource", "source"],
  ["deprecatedFirstTimestamp", "firstTimestamp"],
  ["deprecatedLastTimestamp", "lastTimestamp"],
  ["deprecatedCount", "count"],
];

function renamed(object: ApiObject, pairs: readonly (readonly [string, string])[], apiVersion: string): ApiObject {
  const to = new Map(pairs);
  const fields: Fields = {};
  for (const [key, value] of Object.entries(object)) fields[to.get(key) ?? key] = value;
  return { ...(fields as ApiObject), apiVersion };
}

/** Events of events.k8s.io/v1 are the same objects as those of core/v1 under other names. */
export const eventView: Conversion = {
  toStored: (object) => renamed(object, names, "v1"),
  fromStored: (object) =>
    renamed(
      object,
      names.map(([ours, core]) => [core, ours] as const),
      "events.k8s.io/v1",
    ),
};

/** Fields by which events can be selected, as core/v1 has them. */
export const eventFields = [
  ...["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"].map(
    (field) => `involvedObject.${field}`,
  ),
  "reason",
  "reportingComponent",
  "source",
  "type",
];

/** Who reported an event: a component, or a controller and its instance. */
export function sourceOf(event: ApiObject): string {
  const { component, host } = fieldsAt(event, "source");
  const parts = component ? [component, host] : [event.reportingComponent, event.reportingInstance];
  return parts.filter((part) => typeof part === "string" && part !== "").join(", ");
}
