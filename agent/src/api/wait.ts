import { formatDuration, showValue } from "@edgetwin/mapper-sdk";
import type { Core } from "../core.ts";
import { AgentError } from "../errors.ts";
import type { DeviceState } from "../runner/device-state.ts";
import type { DeviceId, Phase, PropertyTwin } from "../twin/types.ts";

/** What a client waits for. `verified` implies `applied`. */
export const waitGoals = ["applied", "verified"] as const;
export type WaitGoal = (typeof waitGoals)[number];

export interface Wait {
  readonly device: DeviceId;
  /** The desired version to wait for, by property. */
  readonly versions: ReadonlyMap<string, number>;
  readonly goal: WaitGoal;
  /** Also ends when writing failed once, although the agent goes on trying. */
  readonly orFailed?: true;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Resolves when every version reached its goal.
 *
 * @throws AgentError `WAIT_TIMEOUT` with phase and reason, `DEVICE_FAILED` when that is enough to end it, `VALUE_INVALID` when one was rejected, `VERSION_CONFLICT`
 * when somebody desired something else meanwhile, `NOT_FOUND` when the device was deleted.
 */
export function waitFor({ engine, registry, clock }: Core, wait: Wait): Promise<void> {
  const { device, timeoutMs, signal } = wait;
  return new Promise((resolve, reject) => {
    const release: (() => void)[] = [];
    const settle = (action: () => void) => {
      for (const free of release.splice(0)) free();
      action();
    };
    const look = () => {
      try {
        if (pendingOf(engine.device(device)?.twins, wait).length === 0) settle(resolve);
      } catch (error) {
        settle(() => reject(error));
      }
    };
    const onTimeout = () =>
      settle(() => reject(timedOut(engine.device(device)?.twins, wait, hindranceOf(registry.device(device)?.state))));
    const onAbort = () => settle(() => reject(signal.reason));
    const timer = clock.after(timeoutMs, onTimeout, { background: true });
    signal.addEventListener("abort", onAbort, { once: true });
    release.push(
      engine.onApplied((applied) => applied.device.id === device && look()),
      registry.onChange((change) => change.kind === "device deleted" && change.id === device && look()),
      () => timer[Symbol.dispose](),
      () => signal.removeEventListener("abort", onAbort),
    );
    if (signal.aborted) onAbort();
    else look();
  });
}

/** Names that have not reached their goal; throws when one never will. */
function pendingOf(
  twins: ReadonlyMap<string, PropertyTwin> | undefined,
  { device, versions, goal, orFailed }: Wait,
): string[] {
  if (!twins) throw new AgentError("NOT_FOUND", `${device} was deleted while waiting for it`);
  return [...versions].flatMap(([name, version]) => {
    const twin = twins.get(name);
    if (!twin || twin.desired?.version !== version) throw overtaken(name, version, twin);
    const { phase, reason } = twin.progress ?? { phase: "pending" as Phase };
    if (phase === "rejected") {
      const message = `${name} = ${showValue(twin.desired.value)} was rejected: ${reason ?? "no reason was given"}`;
      throw new AgentError("VALUE_INVALID", message, { details: [progressOf(name, twin)] });
    }
    if (phase === "failed" && orFailed) {
      const message = `${name} = ${showValue(twin.desired.value)} failed: ${reason ?? "no reason was given"}; the agent keeps trying`;
      throw new AgentError("DEVICE_FAILED", message, { details: [progressOf(name, twin)] });
    }
    return phase === "verified" || (phase === "applied" && goal === "applied") ? [] : [name];
  });
}

function overtaken(name: string, version: number, twin: PropertyTwin | undefined): AgentError {
  const now = twin?.desired;
  const change = now
    ? `${now.origin.actor} set it to ${showValue(now.value)} (version ${now.version})`
    : "the desired value was cleared";
  return new AgentError("VERSION_CONFLICT", `${name} version ${version} was overtaken: ${change}`, {
    details: [progressOf(name, twin)],
  });
}

/** What keeps the whole device from following, where that is known. */
function hindranceOf(state: DeviceState | undefined): string {
  if (!state || !("reason" in state)) return "";
  return `; the device is ${state.name}: ${state.reason}`;
}

function timedOut(twins: ReadonlyMap<string, PropertyTwin> | undefined, wait: Wait, hindrance: string): AgentError {
  const details = [...wait.versions.keys()].map((name) => progressOf(name, twins?.get(name)));
  const late = details.filter(({ phase }) => phase !== "verified" && phase !== wait.goal);
  const each = late.map(
    ({ property, phase, reason }) => `${property} is ${phase ?? "pending"}${reason ? ` (${reason})` : ""}`,
  );
  const message = `not ${wait.goal} within ${formatDuration(wait.timeoutMs)}: ${each.join(", ")}${hindrance}; the agent keeps trying`;
  return new AgentError("WAIT_TIMEOUT", message, { details });
}

function progressOf(property: string, twin: PropertyTwin | undefined) {
  const { phase, reason, attempts } = twin?.progress ?? {};
  return {
    property,
    ...(twin && { version: twin.lastVersion }),
    ...(phase && { phase, attempts }),
    ...(reason !== undefined && { reason }),
  };
}
