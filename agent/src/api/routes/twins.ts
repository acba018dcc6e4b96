import { showValue } from "@edgetwin/mapper-sdk";
import { AgentError } from "../../errors.ts";
import type { DeviceTwin, Outcome, PropertyTwin, RawValue } from "../../twin/types.ts";
import { asObject, jsonBody } from "../body.ts";
import { checkIfMatch, deviceTag, propertyTag } from "../etag.ts";
import { findProperty, findTwins } from "../find.ts";
import { refusalError } from "../refusals.ts";
import { ok, type Reply } from "../reply.ts";
import type { Call, Route } from "../route.ts";
import { type TwinJson, twinJson } from "../twin-json.ts";
import { waitFor } from "../wait.ts";
import { waitRequest } from "../wait-request.ts";

const twinPath = "/api/v1/devices/{namespace}/{name}/twin";

/** Reading twins and changing desired values. */
export const twinRoutes: readonly Route[] = [
  { method: "GET", path: twinPath, handle: getTwins },
  { method: "PATCH", path: twinPath, query: ["wait", "timeout"], handle: patchTwins },
  { method: "GET", path: `${twinPath}/{property}`, handle: getTwin },
  { method: "PATCH", path: `${twinPath}/{property}`, query: ["wait", "timeout"], handle: patchTwin },
];

/** All twins of a device. */
export interface DeviceTwinJson {
  /** `namespace/name`. */
  readonly device: string;
  readonly uid: string;
  readonly properties: Readonly<Record<string, TwinJson>>;
}

function getTwins({ core, params }: Call): Reply {
  return twinsReply(findTwins(core, params), core.clock.now());
}

function getTwin({ core, params }: Call): Reply {
  const device = findTwins(core, params);
  return twinReply(device, findProperty(device, params.property as string), core.clock.now());
}

async function patchTwins(call: Call): Promise<Reply> {
  const { core, params, header } = call;
  const body = await jsonBody(call, ["desired", "ifVersion"]);
  const wait = waitRequest(call);
  const desired = Object.entries(asObject(body.desired, 'the field "desired"'));
  if (desired.length === 0) throw new AgentError("REQUEST_INVALID", 'the field "desired" names no property');
  const ifVersion = body.ifVersion === undefined ? [] : Object.entries(asObject(body.ifVersion, "ifVersion"));

  const device = findTwins(core, params);
  const ifMatch = header("if-match");
  checkIfMatch(ifMatch, deviceTag(device));
  // A change that is being stored right now is not in `device` yet; the versions are compared with it as well.
  const seen = ifMatch === undefined ? [] : [...device.twins].map(([name, twin]) => [name, twin.lastVersion] as const);
  const versions = [...seen, ...ifVersion.map(([name, version]) => [name, asVersion(name, version)] as const)];
  const versionsWanted = await change(call, { device, desired, versions });

  const headers = await waited(call, device.id, versionsWanted, wait);
  return twinsReply(findTwins(core, params), core.clock.now(), headers);
}

async function patchTwin(call: Call): Promise<Reply> {
  const { core, params, header } = call;
  const name = params.property as string;
  const body = await jsonBody(call, ["desired"]);
  if (!("desired" in body)) throw new AgentError("REQUEST_INVALID", 'the field "desired" is missing');
  const wait = waitRequest(call);

  const device = findTwins(core, params);
  const twin = findProperty(device, name);
  const ifMatch = header("if-match");
  checkIfMatch(ifMatch, propertyTag(device, twin));
  const versions = ifMatch === undefined ? [] : [[name, twin.lastVersion] as const];
  const versionsWanted = await change(call, { device, desired: [[name, body.desired]], versions });

  const headers = await waited(call, device.id, versionsWanted, wait);
  const now = findTwins(core, params);
  return twinReply(now, findProperty(now, name), core.clock.now(), headers);
}

interface Change {
  readonly device: DeviceTwin;
  readonly desired: readonly (readonly [name: string, json: unknown])[];
  readonly versions: readonly (readonly [name: string, version: number])[];
}

/** More unknown names in one change are not looked at one by one: finding what each was meant to be takes time. */
const unknownAtMost = 16;

/** Submits one change and returns the desired version of every property that has one now. */
async function change(
  { core, origin, state }: Call,
  { device, desired, versions }: Change,
): Promise<Map<string, number>> {
  const unknown = desired.filter(([name]) => !device.twins.has(name)).map(([name]) => name.slice(0, 80));
  if (unknown.length > unknownAtMost) {
    state.countRefusal();
    const message = `${device.id} lacks ${unknown.length} of the properties named, ${unknown.slice(0, 3).join(", ")} among them`;
    throw new AgentError("VALUE_INVALID", message);
  }
  const raw = desired.map(([name, json]): [string, RawValue | null] => [name, json === null ? null : { json }]);
  const outcome = await core.engine.submit(device.id, {
    kind: "change",
    at: core.clock.now(),
    origin,
    // fromEntries defines, so that a property called __proto__ is a name like any other.
    desired: Object.fromEntries(raw),
    ...(versions.length > 0 && { ifVersion: Object.fromEntries(versions) }),
  });
  if (outcome.refusals.length > 0) {
    state.countRefusal();
    throw refusalError(outcome.refusals);
  }
  return versionsOf(outcome, raw);
}

function versionsOf({ changes }: Outcome, raw: readonly (readonly [string, RawValue | null])[]): Map<string, number> {
  const wanted = new Set(raw.filter(([, value]) => value !== null).map(([name]) => name));
  return new Map(
    changes.flatMap(({ name, after }) =>
      after?.desired && wanted.has(name) ? [[name, after.desired.version] as const] : [],
    ),
  );
}

async function waited(
  { core, signal }: Call,
  device: string,
  versions: ReadonlyMap<string, number>,
  wait: ReturnType<typeof waitRequest>,
): Promise<Record<string, string>> {
  if (!wait) return {};
  await waitFor(core, { device, versions, goal: wait.goal, timeoutMs: wait.timeoutMs, signal });
  return wait.applied === undefined ? {} : { "Preference-Applied": wait.applied };
}

function twinsReply(device: DeviceTwin, now: number, headers: Record<string, string> = {}): Reply {
  const properties = [...device.twins].map(([name, twin]) => [name, twinJson(device, twin, now)]);
  const body: DeviceTwinJson = { device: device.id, uid: device.uid, properties: Object.fromEntries(properties) };
  return ok(body, { ETag: deviceTag(device), ...headers });
}

const twinReply = (device: DeviceTwin, twin: PropertyTwin, now: number, headers: Record<string, string> = {}): Reply =>
  ok(twinJson(device, twin, now), { ETag: propertyTag(device, twin), ...headers });

function asVersion(name: string, version: unknown): number {
  if (typeof version === "number" && Number.isSafeInteger(version) && version >= 0) return version;
  throw new AgentError("REQUEST_INVALID", `ifVersion.${name} must be a whole number, got ${showValue(version)}`);
}
