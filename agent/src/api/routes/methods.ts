import { callMethod } from "../../methods/call-method.ts";
import { type DeviceMethod, methodsOf } from "../../methods/device-methods.ts";
import { jsonBody } from "../body.ts";
import { findDevice, findMethod, findTwins } from "../find.ts";
import { ok, type Reply } from "../reply.ts";
import type { Call, Route } from "../route.ts";
import { type TwinJson, twinJson } from "../twin-json.ts";
import { asTimeout } from "../wait-request.ts";
import { asLimit, type CauseJson, causeJson } from "./causes.ts";

const path = "/api/v1/devices/{namespace}/{name}/methods";

/** What a device does on demand: list, call, who called. */
export const methodRoutes: readonly Route[] = [
  { method: "GET", path, handle: listMethods },
  { method: "POST", path: `${path}/{method}`, query: ["timeout"], handle: postMethod },
  { method: "GET", path: `${path}/{method}/causes`, query: ["limit"], handle: getCalls },
];

/** The methods of a device. */
export interface MethodListJson {
  /** `namespace/name`. */
  readonly device: string;
  readonly items: readonly DeviceMethod[];
}

/** What came of a call. */
export interface MethodAnswerJson {
  readonly device: string;
  readonly method: string;
  /** What the method answered; missing when it answers nothing. */
  readonly output?: unknown;
  /** For a method of the manifest: the twins that it set, as they are now. */
  readonly properties?: Readonly<Record<string, TwinJson>>;
}

/** The calls of one method. */
export interface MethodCausesJson {
  readonly device: string;
  readonly method: string;
  readonly items: readonly CauseJson[];
}

function listMethods({ core, params }: Call): Reply {
  const device = findDevice(core, params);
  return ok({ device: device.id, items: methodsOf(device) } satisfies MethodListJson);
}

async function postMethod(call: Call): Promise<Reply> {
  const { core, state, params, query, origin, signal } = call;
  const device = findDevice(core, params);
  const method = findMethod(device, params.method as string);
  const { input } = await jsonBody(call, ["input"]);
  const timeoutMs = asTimeout(query.get("timeout"), state.limits.maxWaitMs);
  const parts = { core, log: state.methodLog };
  const output = await callMethod(parts, { device, method, input, origin, timeoutMs, signal });
  const answer: MethodAnswerJson = {
    device: device.id,
    method: method.name,
    ...(output !== undefined && { output }),
    ...(method.kind === "properties" && { properties: twinsOf(call, Object.keys(input as object)) }),
  };
  return ok(answer);
}

function twinsOf({ core, params }: Call, names: readonly string[]): Record<string, TwinJson> {
  const device = findTwins(core, params);
  const now = core.clock.now();
  return Object.fromEntries(
    names.flatMap((name) => {
      const twin = device.twins.get(name);
      return twin ? [[name, twinJson(device, twin, now)]] : [];
    }),
  );
}

async function getCalls({ core, state, params, query }: Call): Promise<Reply> {
  const device = findDevice(core, params);
  const { name } = findMethod(device, params.method as string);
  const limit = asLimit(query.get("limit"));
  const calls = await state.methodLog.calls(device.uid, name);
  const body: MethodCausesJson = {
    device: device.id,
    method: name,
    items: calls.slice(-limit).map((call) => causeJson(call)),
  };
  return ok(body);
}
