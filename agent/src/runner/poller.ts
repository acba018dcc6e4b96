import { delay, MapperError } from "@edgetwin/mapper-sdk";
import { backoffMs } from "./backoff.ts";
import type { Reader } from "./reader.ts";
import type { Session } from "./session.ts";

/** KubeEdge's default of `collectCycle`. */
export const defaultCycleMs = 1000;

/**
 * Keeps one property's reported value fresh until the session ends: by what the device pushes where it does, else by
 * reading it every cycle. A failing property is read less and less often, but never given up.
 */
export async function follow(session: Session, reader: Reader, name: string): Promise<void> {
  const { device, signal } = session;
  try {
    await reader.read(name, "poll").catch(() => {});
    const pushed = device.watch(name, { signal });
    if (pushed) {
      for await (const value of pushed) reader.take(name, value);
      if (!signal.aborted) throw new MapperError("DEVICE_IO", `${name} stopped pushing values`);
    } else await poll(session, reader, name);
  } catch (error) {
    if (signal.aborted) return;
    reader.failed(name, error);
    throw error;
  }
}

async function poll({ clock, plan, random, signal }: Session, reader: Reader, name: string): Promise<void> {
  let failures = 0;
  // A random phase spreads the readings of many properties over the cycle.
  let waitMs = random() * (plan().cycles.get(name) ?? defaultCycleMs);
  while (!signal.aborted) {
    await delay(clock, waitMs, signal);
    const cycleMs = plan().cycles.get(name) ?? defaultCycleMs;
    try {
      await reader.read(name, "poll");
      failures = 0;
      waitMs = cycleMs;
    } catch {
      failures++;
      waitMs = backoffMs({ firstMs: cycleMs, capMs: Math.max(cycleMs, 60_000) }, failures, random);
    }
  }
}
