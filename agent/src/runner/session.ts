import type { Clock, Device, Log } from "@edgetwin/mapper-sdk";
import type { TwinEngine } from "../twin/engine.ts";
import type { DeviceId } from "../twin/types.ts";
import type { BusLane } from "./bus-queue.ts";
import type { CallGuard } from "./call-guard.ts";
import type { ServedPlan } from "./plan.ts";
import type { PushFigures } from "./push-gate.ts";

/** What the parts of an open device share. */
export interface Session {
  readonly id: DeviceId;
  readonly device: Device;
  readonly plan: () => ServedPlan;
  readonly engine: TwinEngine;
  /** The device's place in the queue of its bus. */
  readonly lane: BusLane;
  readonly guard: CallGuard;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly pushes: PushFigures;
  readonly limits: RunnerLimits;
  /** Aborts when the device is closed or lost. */
  readonly signal: AbortSignal;
}

/** How patient the runner is. */
export interface RunnerLimits {
  /** A read or write that takes longer has failed. */
  readonly callMs: number;
  /** A write that waited longer for its bus has failed. */
  readonly busMs: number;
  /** Opening a device that takes longer has failed. */
  readonly openMs: number;
  /** How long a read-back may disagree before a write counts as failed: fans and valves need their time. */
  readonly verifyMs: number;
  /** Failures in a row, over all properties, after which the device is opened anew. */
  readonly failuresUntilReopen: number;
  /** Failed writes of one property in a row after which the fail-safe values are driven. */
  readonly failuresUntilFailSafe: number;
}

export const defaultLimits: RunnerLimits = {
  callMs: 10_000,
  busMs: 30_000,
  openMs: 30_000,
  verifyMs: 2_000,
  failuresUntilReopen: 5,
  failuresUntilFailSafe: 3,
};

/** Origin of readings by the mapper of a session. */
export const mapperOrigin = ({ plan }: Session) => ({ door: "mapper", actor: plan().mapper.protocol }) as const;
