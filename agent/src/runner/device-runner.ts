import { setMaxListeners } from "node:events";
import {
  type Board,
  type Clock,
  type CredentialSource,
  type Device,
  delay,
  type Log,
  MapperError,
  Scope,
  type Value,
} from "@edgetwin/mapper-sdk";
import { backoffMs, deviceBackoff } from "../backoff.ts";
import { AgentError } from "../errors.ts";
import type { TwinEngine } from "../twin/engine.ts";
import type { DeviceId, HealthState, Quality } from "../twin/types.ts";
import { Applier } from "./applier.ts";
import type { BusQueues } from "./bus-queues.ts";
import { CallGuard } from "./call-guard.ts";
import { withDeadline } from "./deadline.ts";
import { type DeviceInput, type DeviceState, initialState, next } from "./device-state.ts";
import { type MethodCall, runMethod } from "./method-call.ts";
import { safeInitial } from "./order.ts";
import { type DevicePlan, type ServedPlan, sameSession } from "./plan.ts";
import { Poller } from "./poller.ts";
import type { PushFigures } from "./push-gate.ts";
import { Reader } from "./reader.ts";
import type { RunnerLimits, Session } from "./session.ts";

/** What a runner is made of. */
export interface RunnerParts {
  readonly id: DeviceId;
  readonly engine: TwinEngine;
  readonly board: Board;
  readonly queues: BusQueues;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly limits: RunnerLimits;
  /** Gives the mapper what the manifest only names. */
  readonly credential?: CredentialSource;
  /** Figures about what the devices of a mapper push; by default nobody looks at them. */
  readonly pushes?: (source: string) => PushFigures;
  readonly onState: (state: DeviceState) => void;
}

/** Opens one device, keeps it at its desired values, reports what it says, and opens it again when it is lost. */
export class DeviceRunner {
  readonly #parts: RunnerParts;
  #plan: DevicePlan | undefined;
  #state: DeviceState = initialState;
  #applier: Applier | undefined;
  #session: Session | undefined;
  #stop: AbortController | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  get state(): DeviceState {
    return this.#state;
  }

  /** Runs the device by `plan` from now on; an open session goes on when the plan lets it. */
  async configure(plan: DevicePlan): Promise<void> {
    const before = this.#plan;
    this.#plan = plan;
    if (sameSession(before, plan) && this.#stop && this.#state.name !== "refused") return this.wake();
    await this.#end("its configuration changed");
    this.#plan = plan;
    if (plan.kind === "away") return this.#await(plan.reason);
    if (plan.kind !== "served") return this.#become({ name: plan.kind, reason: plan.reason });
    this.#move({ name: "configured" });
    const stop = new AbortController();
    this.#stop = stop;
    this.#running = this.#run(stop.signal);
  }

  /** Desired values changed. */
  wake(): void {
    this.#applier?.wake();
  }

  /** Calls a method of the open device. Rejects with `DEVICE_UNAVAILABLE` while it is not open, and like {@link runMethod}. */
  async call(call: MethodCall): Promise<unknown> {
    const session = this.#session;
    if (session && !session.signal.aborted) return await runMethod(session, call);
    const { name } = this.#state;
    const why = "reason" in this.#state ? `: ${this.#state.reason}` : "";
    throw new AgentError("DEVICE_UNAVAILABLE", `${this.#parts.id} is ${name}${why}; methods run while it is online`);
  }

  /** Drives the fail-safe values and lets go of the device. */
  async close(reason: string): Promise<void> {
    await this.#end(reason);
    this.#move({ name: "removed" });
  }

  /** Its mapper does not run: what the device showed last stays, as stale. */
  #await(reason: string): void {
    if (this.#state.name === "waiting" && this.#state.reason === reason) return;
    this.#become({ name: "waiting", failures: 0, reason });
    this.#tellHealth("offline", reason);
    this.#tellQuality("stale", reason);
  }

  async #end(reason: string): Promise<void> {
    this.#stop?.abort(new MapperError("DEVICE_ABORTED", reason));
    this.#stop = undefined;
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const failure = await this.#openAndServe(signal);
      if (signal.aborted || failure === undefined) return;
      const { retryable } = failure;
      const failures = this.#state.name === "opening" ? this.#state.failures + 1 : 1;
      const retryInMs = backoffMs(deviceBackoff, failures, this.#parts.random);
      this.#move({ name: "failed", retryable, reason: failure.message, retryInMs });
      this.#tellHealth(retryable ? "offline" : "unhealthy", failure.message);
      this.#tellQuality("stale", failure.message);
      if (!retryable) return;
      await delay(this.#parts.clock, retryInMs, signal).catch(() => {});
      if (!signal.aborted) this.#move({ name: "retry due" });
    }
  }

  /** One session from open to close; the failure that ended it, or undefined when it was ended on purpose. */
  async #openAndServe(signal: AbortSignal): Promise<MapperError | undefined> {
    try {
      const lost = new AbortController();
      setMaxListeners(0, lost.signal); // one for each watched property; node warns of more than ten
      await using scope = new Scope();
      const device = scope.use(await this.#open(signal));
      this.#move({ name: "opened" });
      this.#tellHealth("online");
      const onStop = () => lost.abort(signal.reason);
      signal.addEventListener("abort", onStop, { once: true });
      scope.defer(() => signal.removeEventListener("abort", onStop));
      if (signal.aborted) onStop();
      await this.#serve(device, lost, scope);
      if (signal.aborted) return undefined;
      return asMapperError(lost.signal.reason);
    } catch (error) {
      return asMapperError(error);
    }
  }

  async #open(signal: AbortSignal): Promise<Device> {
    const { board, clock, log, id, limits, credential } = this.#parts;
    const { mapper, config } = this.#served();
    const initial = this.#initial();
    let device: Promise<Device> | undefined;
    try {
      return await withDeadline({ clock, timeoutMs: limits.openMs, signal, what: `opening ${id}` }, () => {
        device = mapper.open(config, { board, clock, log, name: id, initial, ...(credential && { credential }) });
        return device;
      });
    } catch (error) {
      // One that opens after we gave up must not keep its lines.
      device?.then((late) => late[Symbol.asyncDispose]()).catch(() => {});
      throw error;
    }
  }

  async #serve(device: Device, lost: AbortController, scope: Scope): Promise<void> {
    const { id, engine, clock, log, random, limits, queues } = this.#parts;
    const { lane } = scope.use(queues.acquire(device.bus));
    const plan = () => this.#served();
    const { signal } = lost;
    const { source, patienceMs = 0 } = plan();
    const [callMs, verifyMs] = [Math.max(limits.callMs, patienceMs), Math.max(limits.verifyMs, patienceMs)];
    const guard = scope.use(new CallGuard({ clock, what: id, timeoutMs: callMs, signal }));
    const pushes = this.#parts.pushes?.(source) ?? { taken: 0, skipped: 0 };
    const session: Session = {
      ...{ id, device, plan, engine, lane, guard, clock, log, random, pushes, signal },
      limits: { ...limits, callMs, verifyMs },
    };
    const reader = new Reader(session, (reason) => lost.abort(reason));
    const applier = new Applier(session, reader);
    this.#applier = applier;
    this.#session = session;
    const giveUp = (error: unknown) => lost.abort(error);
    const names = Object.keys(device.model.properties);
    const poller = new Poller(session, reader);
    await Promise.all([applier.run().catch(giveUp), poller.run(names).catch(giveUp)]);
    this.#applier = undefined;
    this.#session = undefined;
    const reason = lost.signal.reason instanceof Error ? lost.signal.reason.message : String(lost.signal.reason);
    await applier.letGo(reason);
  }

  #initial(): Record<string, Value> {
    const twins = this.#parts.engine.device(this.#parts.id)?.twins;
    const desired = new Map<string, Value>();
    for (const { name, desired: wanted, progress } of twins?.values() ?? []) {
      if (wanted && progress?.phase !== "rejected") desired.set(name, wanted.value);
    }
    return Object.fromEntries(safeInitial(this.#served().shape, desired));
  }

  #served(): ServedPlan {
    if (this.#plan?.kind !== "served") throw new TypeError(`${this.#parts.id} is not served`);
    return this.#plan;
  }

  #tellHealth(state: HealthState, reason?: string): void {
    const { clock, id, engine } = this.#parts;
    const origin = { door: "agent", actor: "device runner" } as const;
    engine.tell(id, { kind: "health", at: clock.now(), origin, state, ...(reason !== undefined && { reason }) });
  }

  #tellQuality(quality: Quality, reason: string): void {
    const { clock, id, engine } = this.#parts;
    engine.tell(id, { kind: "quality", at: clock.now(), quality, reason });
  }

  #move(input: DeviceInput): void {
    const moved = next(this.#state, input);
    if (moved) this.#become(moved);
  }

  #become(state: DeviceState): void {
    this.#state = state;
    const { log, id, onState } = this.#parts;
    const fields = { device: id, state: state.name, ...("reason" in state && { reason: state.reason }) };
    if (state.name === "waiting" || state.name === "refused") log.warn("device state", fields);
    else log.info("device state", fields);
    onState(state);
  }
}

function asMapperError(error: unknown): MapperError {
  if (error instanceof MapperError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new MapperError("DEVICE_IO", message, { cause: error });
}
