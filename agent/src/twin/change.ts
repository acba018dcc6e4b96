import { MapperError, type Property, sameValue, type Value } from "@edgetwin/mapper-sdk";
import { decode, decodeReported, propertyOfTwin, unknownProperty } from "./decode.ts";
import { brokenInterlock, showInterlock } from "./interlock.ts";
import { Draft, emptyTwin, refused } from "./outcome.ts";
import { isNewValue, isRefresh, putReported, sourceOf } from "./report.ts";
import type { Cause, DeviceTwin, Effect, Outcome, PropertyTwin, Refusal, TwinEvent } from "./types.ts";

type Change = Extract<TwinEvent, { kind: "change" }>;
type Wanted = ReadonlyMap<string, Value | undefined>;
type Readings = ReadonlyMap<string, { readonly value: Value; readonly at: number; readonly distrust?: string }>;

/** Twins that only messages announced; a client that invents names must not fill the card. KubeEdge's own constant. */
export const maxOptionalTwins = 64;

/** Desired and reported values from a door: everything is taken, or nothing. */
export function reduceChange(device: DeviceTwin, event: Change): Outcome {
  const refusals: Refusal[] = [];
  const wanted = decodeDesired(device, event, refusals);
  const readings = decodeReadings(device, event, refusals);
  checkLimit(device, event, refusals);
  if (refusals.length === 0) checkInterlocks(device, wanted, refusals);
  if (refusals.length > 0) return refused(refusals, causesOfRefusal(device, event, refusals));

  const draft = new Draft(device.twins);
  for (const [name, value] of wanted) putDesired(draft, twinOf(device, draft, name, event), value, event);
  const refreshed: string[] = [];
  for (const [name, reading] of readings) {
    if (isRefreshed(draft.get(name), reading, event)) refreshed.push(name);
    else putReported(draft, { device, twin: twinOf(device, draft, name, event), reading, origin: event.origin });
  }
  for (const name of event.withdrawn ?? []) if (draft.get(name)?.optional) draft.drop(name);
  const outcome = draft.outcome(effectsOf(draft, event));
  return refreshed.length > 0 ? { ...outcome, refreshed: { at: event.at, names: refreshed } } : outcome;
}

/** Whether a reading by one of our own mappers says nothing new but its time. */
function isRefreshed(
  known: PropertyTwin | undefined,
  { value, at, distrust }: { readonly value: Value; readonly at: number; readonly distrust?: string },
  event: Change,
): boolean {
  if (!known || distrust !== undefined || at !== event.at || !isInternal(event)) return false;
  return isRefresh(known, { value, at, source: sourceOf(event.origin) });
}

/** Nobody waits for the answer to what our own mappers and runner say. */
const isInternal = ({ origin: { door } }: Change) => door === "mapper" || door === "agent";

function decodeDesired(device: DeviceTwin, event: Change, refusals: Refusal[]): Wanted {
  const wanted = new Map<string, Value | undefined>();
  for (const [name, raw] of Object.entries(event.desired ?? {})) {
    attempt(refusals, name, () => {
      const property = requireProperty(device, event, name, refusals);
      if (!property) return;
      if (property.access === "r") {
        refusals.push({
          property: name,
          code: "READ_ONLY",
          message: `${name} is read-only: only the device changes it`,
        });
      } else wanted.set(name, raw === null ? undefined : decode(property, raw));
    });
  }
  // Also of properties that the event leaves alone: a change may depend on how the others stand.
  for (const name of Object.keys(event.ifVersion ?? {})) checkVersion(device, event, name, refusals);
  return wanted;
}

function decodeReadings(device: DeviceTwin, event: Change, refusals: Refusal[]): Readings {
  const readings = new Map<string, { value: Value; at: number; distrust?: string }>();
  for (const [name, { raw, at = event.at }] of Object.entries(event.reported ?? {})) {
    attempt(refusals, name, () => {
      const property = requireProperty(device, event, name, refusals);
      if (property) readings.set(name, { ...decodeReported(property, raw), at });
    });
  }
  return readings;
}

function requireProperty(device: DeviceTwin, event: Change, name: string, refusals: Refusal[]): Property | undefined {
  const announced = event.announced && Object.hasOwn(event.announced, name) ? event.announced[name] : undefined;
  const property = propertyOfTwin(device, name, announced);
  if (!property) refusals.push(unknownProperty(name, device.shape));
  return property;
}

function checkVersion(device: DeviceTwin, { ifVersion }: Change, name: string, refusals: Refusal[]): void {
  const expected = ifVersion && Object.hasOwn(ifVersion, name) ? ifVersion[name] : undefined;
  const current = device.twins.get(name)?.lastVersion ?? 0;
  if (expected === undefined || expected === current) return;
  const message = `${name} is at version ${current}, not ${expected}: somebody changed it; read it again`;
  refusals.push({ property: name, code: "VERSION_CONFLICT", message });
}

function checkLimit(device: DeviceTwin, event: Change, refusals: Refusal[]): void {
  const fresh = Object.keys(event.announced ?? {}).filter((name) => !device.twins.has(name));
  if (fresh.length === 0) return;
  const optional = [...device.twins.values()].filter((twin) => twin.optional).length;
  if (optional + fresh.length <= maxOptionalTwins) return;
  const message = `the device would have ${optional + fresh.length} twins that its model does not know; the limit is ${maxOptionalTwins}`;
  refusals.push({ property: fresh[0] as string, code: "LIMIT", message });
}

/** What counts is the desired value; where there is none, what the device last said. */
function checkInterlocks(device: DeviceTwin, wanted: Wanted, refusals: Refusal[]): void {
  if (!device.shape.safety?.interlocks || wanted.size === 0) return;
  const broken = brokenInterlock(device.shape, (name) => {
    const twin = device.twins.get(name);
    return (wanted.has(name) ? wanted.get(name) : twin?.desired?.value) ?? twin?.reported?.value;
  });
  if (!broken) return;
  const involved = Object.keys(broken.never);
  const changed = involved.find((name) => wanted.get(name) !== undefined);
  if (changed === undefined) return;
  const others = involved.filter((name) => name !== changed).join(", ");
  const message = `${showInterlock(broken)}; change ${others} first, or both in one request`;
  refusals.push({ property: changed, code: "INTERLOCK", message });
}

function causesOfRefusal(device: DeviceTwin, { at, origin }: Change, refusals: readonly Refusal[]): Cause[] {
  return refusals.flatMap(({ property, message }) => {
    const twin = device.twins.get(property);
    return twin ? [{ property, seq: twin.causes, at, origin, what: "refused" as const, reason: message }] : [];
  });
}

function twinOf(device: DeviceTwin, draft: Draft, name: string, { announced }: Change): PropertyTwin {
  const known = draft.get(name);
  if (known) return known;
  const declared = device.shape.properties.get(name);
  return emptyTwin(name, declared?.type ?? announced?.[name] ?? "STRING", declared === undefined);
}

function putDesired(draft: Draft, twin: PropertyTwin, value: Value | undefined, { at, origin }: Change): void {
  const { desired, progress, ...rest } = twin;
  const version = twin.lastVersion + 1;
  if (value === undefined) {
    if (desired) draft.record({ ...rest, lastVersion: version }, { at, origin, what: "cleared", version });
    else draft.put(twin);
    return;
  }
  // Wanting a rejected value once more means: try again.
  if (desired && sameValue(desired.value, value) && progress?.phase !== "rejected") return draft.put(twin);
  const wanted: PropertyTwin = {
    ...rest,
    lastVersion: version,
    desired: { value, version, at, origin },
    progress: { phase: "pending", version, at, attempts: 0 },
  };
  draft.record(wanted, { at, origin, what: "desired", version, value });
}

function effectsOf(draft: Draft, event: Change): Effect[] {
  const effects: Effect[] = [];
  const { changes } = draft;
  const desired = changes.filter(({ before, after }) => before?.lastVersion !== after?.lastVersion);
  const internal = isInternal(event);
  if (desired.length > 0 || changes.some(({ before, after }) => !after || !before)) {
    effects.push({ kind: "persist", durability: "durable" });
  } else if (changes.some(isNewValue)) {
    effects.push({ kind: "persist", durability: internal ? "deferred" : "lazy" });
  }
  if (effects.length > 0 || !internal) effects.push({ kind: "publish" });
  // Last: whoever waits for the answer is told before the device is spoken to.
  const deliver = desired.filter(({ after }) => after?.desired).map(({ name }) => name);
  if (deliver.length > 0) effects.push({ kind: "deliver", properties: deliver });
  return effects;
}

function attempt(refusals: Refusal[], property: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof MapperError)) throw error;
    refusals.push({ property, code: "VALUE_INVALID", message: `${property}: ${error.message}` });
  }
}
