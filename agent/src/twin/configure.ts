import { MapperError, type Property, sameValue, type Value } from "@edgetwin/mapper-sdk";
import { formatText } from "@edgetwin/models";
import { decode } from "./decode.ts";
import { Draft, emptyTwin } from "./outcome.ts";
import type { DeviceShape, DeviceTwin, Outcome, PropertyTwin, TwinEvent } from "./types.ts";

/** The source of values that the model itself declares, such as pin numbers. */
export const constantSource = "model";

type Configure = Extract<TwinEvent, { kind: "configure" }>;

/** A manifest or model changed: twins follow the new shape, and desired values are judged by it. */
export function reduceConfigure(device: DeviceTwin, event: Configure): Outcome {
  const { shape } = event;
  const draft = new Draft(device.twins);
  for (const [name, property] of shape.properties) {
    const twin = device.twins.get(name);
    const fitted = fit(draft, twin ?? emptyTwin(name, property.type, false), property, event);
    putConstant(draft, fitted, property, event);
  }
  for (const twin of device.twins.values()) {
    if (!twin.optional && !shape.properties.has(twin.name)) draft.drop(twin.name);
  }
  const deliver = [...shape.properties.keys()].filter((name) => isOutstanding(draft.get(name)));
  return {
    ...draft.outcome([
      ...(changesStored(draft) ? [{ kind: "persist", durability: "durable" } as const] : []),
      { kind: "publish" },
      ...(deliver.length > 0 ? [{ kind: "deliver", properties: deliver } as const] : []),
    ]),
    shape,
  };
}

/** The twin in its (possibly new) type; a desired value that no longer fits is rejected, not dropped. */
function fit(draft: Draft, twin: PropertyTwin, property: Property, { at, origin, shape }: Configure): PropertyTwin {
  const { reported, ...typed } = { ...twin, type: property.type, optional: false };
  const kept: PropertyTwin = twin.type === property.type && reported ? { ...typed, reported } : typed;
  if (!kept.desired) return kept;
  const { version } = kept.desired;
  const fitted = fitValue(twin, kept.desired.value, property);
  const attempts = kept.progress?.attempts ?? 0;
  if ("reason" in fitted) {
    const { reason } = fitted;
    if (kept.progress?.phase === "rejected" && kept.progress.reason === reason) return kept;
    draft.record(
      { ...kept, progress: { phase: "rejected", version, at, attempts, reason } },
      { at, origin, what: "rejected", version, reason },
    );
    return draft.get(kept.name) ?? kept;
  }
  const desired = { ...kept.desired, value: fitted.value };
  if (kept.progress?.phase !== "rejected" || !shape.served) return { ...kept, desired };
  // A new configuration may make possible what was rejected.
  return { ...kept, desired, progress: { phase: "pending", version, at, attempts } };
}

/** The desired value in the property's type, or why it does not fit. */
function fitValue(
  { type, name }: PropertyTwin,
  value: Value,
  property: Property,
): { value: Value } | { reason: string } {
  if (property.access === "r") return { reason: `${name} is read-only in the new model` };
  try {
    const raw = type === property.type ? { value } : { text: formatText(value, type) };
    return { value: decode(property, raw) };
  } catch (error) {
    if (error instanceof MapperError) return { reason: `${name}: ${error.message}` };
    throw error;
  }
}

function putConstant(draft: Draft, twin: PropertyTwin, { constant }: Property, { at }: Configure): void {
  if (constant === undefined || sameValue(twin.reported?.value, constant)) return draft.put(twin);
  const version = (twin.reported?.version ?? 0) + 1;
  draft.put({ ...twin, reported: { value: constant, at, source: constantSource, quality: "good", version } });
}

/** Whether a desired value still has to reach the device. */
export function isOutstanding(twin: PropertyTwin | undefined): boolean {
  if (!twin?.desired || twin.progress?.phase === "rejected") return false;
  return twin.appliedVersion < twin.desired.version;
}

/** A start with the same manifest must not write to the card. */
function changesStored(draft: Draft): boolean {
  return draft.changes.some(({ before, after }) => {
    if (!before || !after) return before !== after;
    return before.type !== after.type || before.optional !== after.optional || before.causes !== after.causes;
  });
}

/** A shape without properties, for a device whose manifest is not known yet. */
export const emptyShape: DeviceShape = { properties: new Map(), served: false };
