import { delay } from "@edgetwin/mapper-sdk";
import type { DeviceStatusJson } from "../api/resources.ts";
import type { ApplyResult } from "../registry/registry.ts";
import type { Invocation } from "./command.ts";
import { resourcePath } from "./resource-path.ts";

/** How long devices that were just applied may take to open before nobody waits for them any more. */
const patienceMs = 3_000;
const lookAgainMs = 100;

/**
 * Why devices that were just applied do not work, one line each: an unknown pin, a line that another device holds. What
 * their warnings say already is left out, and so is what is still opening after three seconds.
 */
export async function deviceTroubles(applied: readonly ApplyResult[], invocation: Invocation): Promise<string[]> {
  const { clock, signal } = invocation;
  const client = invocation.connect();
  const giveUpAt = clock.monotonic() + patienceMs;
  const troubles: string[] = [];
  for (const { kind, id, result, warnings } of applied) {
    if (kind !== "Device" || result === "unchanged") continue;
    const [namespace = "", name = ""] = id.split("/");
    const look = async () => {
      const path = resourcePath("devices", { namespace, name });
      return (await client.request<{ status: Pick<DeviceStatusJson, "mapper"> }>(path)).status.mapper;
    };
    let { state, reason } = await look();
    while (state === "opening" && clock.monotonic() < giveUpAt) {
      await delay(clock, lookAgainMs, signal);
      ({ state, reason } = await look());
    }
    if (state !== "refused" && state !== "waiting") continue;
    if (reason === undefined || warnings.some((warning) => warning.includes(reason))) continue;
    const then = state === "refused" ? "correct it and apply it again" : "it is tried again by itself";
    troubles.push(`device/${id} is ${state}: ${reason}; ${then}`);
  }
  return troubles;
}
