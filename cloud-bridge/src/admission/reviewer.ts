import { annotations, apiGroup } from "@edgetwin/models";
import { sameJson } from "../api-server/api-object.ts";
import { type Cause, nothing, type Review } from "./cause.ts";
import type { Change, ClusterView, ReviewedObject } from "./cluster-view.ts";
import { reviewDevice } from "./review-device.ts";
import { reviewModel, reviewModelDeletion } from "./review-model.ts";
import { reviewEndpoint, reviewEndpointDeletion, reviewRule } from "./review-rule.ts";
import type { Protocols } from "./review-settings.ts";

/** Which kind of object a change is about. */
export interface ReviewedKind {
  readonly group: string;
  readonly kind: string;
}

/** Says what is wrong with a change, before it is made. The same wherever it is asked: in the bridge's own API, or by a webhook. */
export type Reviewer = (of: ReviewedKind, change: Change, view: ClusterView) => Review;

interface Rules {
  readonly write: (object: ReviewedObject, view: ClusterView) => Review;
  readonly remove?: (object: ReviewedObject, view: ClusterView) => Review;
}

/**
 * A reviewer that knows these protocols. What was wrong before a change is no reason to refuse it, and a change of nothing
 * but status and labels is not looked at: an object that became bad can always be reported on, mended and deleted.
 */
export function reviewer(protocols: Protocols): Reviewer {
  const rules: Readonly<Record<string, Rules>> = {
    [`${apiGroup}/Device`]: { write: (object, view) => reviewDevice(object, { view, protocols }) },
    [`${apiGroup}/DeviceModel`]: { write: reviewModel, remove: reviewModelDeletion },
    "rules.kubeedge.io/Rule": { write: reviewRule },
    "rules.kubeedge.io/RuleEndpoint": { write: reviewEndpoint, remove: reviewEndpointDeletion },
  };
  return ({ group, kind }, { operation, object, before }, view) => {
    const known = rules[`${group}/${kind}`];
    if (!known) return nothing;
    if (operation === "DELETE") return (before && known.remove?.(before, view)) ?? nothing;
    if (!object || !needsReview({ operation, object, ...(before && { before }) })) return nothing;
    const { causes, warnings } = known.write(object, view);
    if (!before || causes.length === 0) return { causes, warnings };
    const old = new Set(known.write(before, view).causes.map((cause) => identityOf(cause, before)));
    const isOld = (cause: Cause) => old.has(identityOf(cause, object));
    const kept = causes.filter(isOld).map(({ field, message }) => `${field}: ${message}`);
    return { causes: causes.filter((cause) => !isOld(cause)), warnings: [...warnings, ...kept] };
  };
}

/** Whether a change can be wrong at all: one of status and labels cannot. */
export function needsReview({ operation, object, before }: Change): boolean {
  if (operation === "DELETE") return true;
  if (!object || isBeingDeleted(object)) return false;
  return !before || !isSameInSubstance(before, object);
}

/** Finalizers must come off whatever the object says. */
const isBeingDeleted = ({ metadata }: ReviewedObject): boolean =>
  metadata !== undefined && "deletionTimestamp" in metadata && metadata.deletionTimestamp !== undefined;

function isSameInSubstance(before: ReviewedObject, now: ReviewedObject): boolean {
  return sameJson(wanted(before), wanted(now)) && sameJson(ownAnnotations(before), ownAnnotations(now));
}

/** What is asked of a device or a model; before v1beta1 the desired values are in the status, among the reported ones. */
function wanted({ apiVersion, spec, status }: ReviewedObject): unknown {
  if (apiVersion === `${apiGroup}/v1beta1`) return spec;
  const twins = (status as { readonly twins?: unknown } | undefined)?.twins;
  const desired = Array.isArray(twins) ? twins.map((twin) => [twin?.propertyName, twin?.desired]) : [];
  return { spec, desired };
}

const ours = new Set<string>(Object.values(annotations));

/** Annotations that say something about the device. */
function ownAnnotations({ metadata }: ReviewedObject): Readonly<Record<string, unknown>> {
  const all = (metadata as { readonly annotations?: Readonly<Record<string, unknown>> } | undefined)?.annotations ?? {};
  return Object.fromEntries(Object.entries(all).filter(([key]) => ours.has(key)));
}

/** What tells a cause from others, wherever in the list its property stands. */
function identityOf({ field, message }: Cause, { spec }: ReviewedObject): string {
  const { properties } = (spec ?? {}) as { readonly properties?: readonly { readonly name?: unknown }[] };
  const named = field.replace(/^spec\.properties\[(\d+)\]/, (all, index) => {
    const name = Array.isArray(properties) ? properties[Number(index)]?.name : undefined;
    return typeof name === "string" ? `spec.properties{${name}}` : all;
  });
  return `${named} ${message.replaceAll(/spec\.properties\[\d+\]/g, "")}`;
}
