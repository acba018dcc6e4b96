import { didYouMean, formatDuration, MapperError, showValue } from "@edgetwin/mapper-sdk";
import { refusalError } from "../api/refusals.ts";
import { waitFor } from "../api/wait.ts";
import type { Core } from "../core.ts";
import { AgentError } from "../errors.ts";
import type { DeviceEntry } from "../registry/registry.ts";
import type { Origin, RawValue } from "../twin/types.ts";
import type { DeviceMethod } from "./device-methods.ts";
import type { MethodLog } from "./method-log.ts";

/** A call as it came through a door. */
export interface MethodRequest {
  readonly device: DeviceEntry;
  readonly method: DeviceMethod;
  /** JSON: values by property for a method of the manifest, whatever the schema takes for one of a mapper. */
  readonly input: unknown;
  readonly origin: Origin;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What calling and logging it takes. */
export interface MethodParts {
  readonly core: Core;
  readonly log: MethodLog;
}

/**
 * Calls a method and logs who did and what came of it. Resolves with the answer of a mapper's method; a method of the
 * manifest has none.
 *
 * @throws AgentError `VALUE_INVALID` for wrong input, `DEVICE_UNAVAILABLE` while the device is not open, `DEVICE_FAILED`
 * when it did not do it in time or at all; for a method of the manifest also what a change of desired values is refused with.
 */
export async function callMethod({ core, log }: MethodParts, request: MethodRequest): Promise<unknown> {
  const { device, method, origin, input } = request;
  const record = { device: device.uid, method: method.name, origin };
  const given = isEmpty(input) ? "" : `with ${showValue(input)}`;
  try {
    const answer = method.kind === "mapper" ? await run(core, request) : await change(core, request, method.properties);
    const result =
      method.kind === "properties" ? "; verified" : answer === undefined ? "" : `; answered ${showValue(answer)}`;
    await log.record({ ...record, what: "called", reason: `${given}${result}`.replace(/^; /, "") });
    return answer;
  } catch (error) {
    const known = asAgentError(error, `${device.id} ${method.name}`);
    const why = known instanceof Error ? known.message : String(known);
    await log.record({ ...record, what: "call-failed", reason: given === "" ? why : `${given}: ${why}` });
    throw known;
  }
}

const isEmpty = (input: unknown): boolean =>
  input === undefined || (typeof input === "object" && input !== null && Object.keys(input).length === 0);

function run({ registry }: Core, { device, method, input, timeoutMs, signal }: MethodRequest): Promise<unknown> {
  return registry.call(device.id, { name: method.name, input, timeoutMs, signal });
}

/** What KubeEdge's mappers write straight to the device goes through the twin here, so that it stays and is checked. */
async function change(core: Core, request: MethodRequest, properties: readonly string[]): Promise<undefined> {
  const { device, input, origin, timeoutMs, signal } = request;
  const desired = desiredOf(request, properties);
  const outcome = await core.engine.submit(device.id, { kind: "change", at: core.clock.now(), origin, desired });
  if (outcome.refusals.length > 0) throw refusalError(outcome.refusals);
  const versions = new Map(
    outcome.changes.flatMap(({ name, after }) => (after?.desired ? [[name, after.desired.version] as const] : [])),
  );
  try {
    await waitFor(core, { device: device.id, versions, goal: "verified", orFailed: true, timeoutMs, signal });
  } catch (error) {
    if (!(error instanceof AgentError) || error.code !== "WAIT_TIMEOUT") throw error;
    const message = `${showValue(input)} was not verified within ${formatDuration(timeoutMs)}: ${error.message}`;
    throw new AgentError("WAIT_TIMEOUT", message, { cause: error, ...(error.details && { details: error.details }) });
  }
}

function desiredOf({ method, input }: MethodRequest, properties: readonly string[]): Record<string, RawValue> {
  const entries = typeof input === "object" && input !== null && !Array.isArray(input) ? Object.entries(input) : [];
  const known = properties.join(", ") || "none";
  if (entries.length === 0) {
    throw new AgentError("VALUE_INVALID", `${method.name} takes values of its properties: ${known}; give at least one`);
  }
  for (const [name] of entries) {
    if (properties.includes(name)) continue;
    const hint = didYouMean(name, properties) || `; it sets: ${known}`;
    throw new AgentError("VALUE_INVALID", `${method.name} does not set ${name.slice(0, 80)}${hint}`);
  }
  return Object.fromEntries(entries.map(([name, json]) => [name, { json }]));
}

function asAgentError(error: unknown, what: string): unknown {
  if (!(error instanceof MapperError)) return error;
  if (error.code === "VALUE_INVALID") return new AgentError("VALUE_INVALID", error.message, { cause: error });
  return new AgentError("DEVICE_FAILED", `${what}: ${error.message}`, { cause: error });
}
