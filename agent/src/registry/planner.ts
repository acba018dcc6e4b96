import { type Clock, type Log, MapperError, type Timer } from "@edgetwin/mapper-sdk";
import { type Backoff, backoffMs } from "../backoff.ts";
import { withDeadline } from "../runner/deadline.ts";
import type { DevicePlan } from "../runner/plan.ts";
import type { DeviceId } from "../twin/types.ts";
import type { Part } from "./catalogue.ts";
import type { Planned } from "./serve.ts";

/** What a planner is made of. */
export interface PlannerParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

/** How long whoever applies a manifest waits for a mapper in another process. */
const patienceMs = 1_000;
/** How long its answer is waited for at all. */
const answerMs = 10_000;
const askAgain: Backoff = { firstMs: 1_000, capMs: 60_000 };

interface Asking {
  failures: number;
  /** What came of asking the last time. */
  reason?: string;
  timer?: Timer;
  /** Ends the wait for an answer that nobody wants any more. */
  readonly stop: AbortController;
}

/**
 * Waits for the plans of devices whose mapper runs in another process. A mapper that never answers costs its devices
 * only: they wait with the reason, and are asked about again, less and less often.
 */
export class Planner implements Disposable {
  readonly #parts: PlannerParts;
  readonly #asking = new Map<DeviceId, Asking>();
  /** Owe an answer: nobody waits for them a second time. */
  readonly #overdue = new WeakSet<Part>();

  constructor(parts: PlannerParts) {
    this.#parts = parts;
  }

  /**
   * The plan to run the device by now. `onLater` is called when there is another one: with the answer that came late,
   * or without when it is time to ask again. Never rejects.
   */
  async settle(id: DeviceId, planned: Planned, onLater: (plan?: DevicePlan) => void): Promise<DevicePlan> {
    const { failures = 0, reason: before } = this.#asking.get(id) ?? {};
    this.forget(id);
    if (!("then" in planned.plan)) return planned.plan;
    const asking: Asking = { failures, stop: new AbortController(), ...(before !== undefined && { reason: before }) };
    this.#asking.set(id, asking);
    const answer = this.#answer(id, planned, asking);
    const early = await this.#within(this.#patience(planned), answer);
    if (early) return this.#taken(id, early, onLater);
    const { choice, shape } = planned;
    if (choice?.kind === "part") this.#overdue.add(choice.part);
    void answer.then((plan) => {
      if (this.#asking.get(id) === asking) onLater(this.#taken(id, plan, onLater));
    });
    const reason = before ?? `its mapper ${sourceOf(planned)} has not answered yet whether it takes the configuration`;
    return { kind: "away", protocol: protocolOf(planned), reason, retry: true, shape };
  }

  /** Nobody waits for the plan of this device any more. */
  forget(id: DeviceId): void {
    const asking = this.#asking.get(id);
    this.#asking.delete(id);
    asking?.timer?.[Symbol.dispose]();
    asking?.stop.abort(new MapperError("DEVICE_ABORTED", "its configuration changed"));
  }

  [Symbol.dispose](): void {
    for (const id of [...this.#asking.keys()]) this.forget(id);
  }

  #patience({ choice }: Planned): number {
    return choice?.kind === "part" && this.#overdue.has(choice.part) ? 0 : patienceMs;
  }

  async #answer(id: DeviceId, planned: Planned, { stop }: Asking): Promise<DevicePlan> {
    const { clock, log } = this.#parts;
    const { choice, plan, shape } = planned;
    const source = sourceOf(planned);
    try {
      const what = `its mapper ${source}`;
      const taken = await withDeadline(
        { clock, timeoutMs: answerMs, signal: stop.signal, what },
        async () => await plan,
      );
      if (choice?.kind === "part") this.#overdue.delete(choice.part);
      return taken;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!stop.signal.aborted) log.warn("mapper does not answer", { device: id, mapper: source, reason });
      return { kind: "away", protocol: protocolOf(planned), reason, retry: true, shape };
    }
  }

  async #within<T>(timeoutMs: number, answer: Promise<T>): Promise<T | undefined> {
    if (timeoutMs === 0) return undefined;
    let timer: Timer | undefined;
    const enough = new Promise<undefined>((resolve) => {
      timer = this.#parts.clock.after(timeoutMs, () => resolve(undefined));
    });
    try {
      return await Promise.race([answer, enough]);
    } finally {
      timer?.[Symbol.dispose]();
    }
  }

  /** Notes what became of asking; asks again later when that may help. */
  #taken(id: DeviceId, plan: DevicePlan, onLater: () => void): DevicePlan {
    const asking = this.#asking.get(id);
    if (!asking) return plan;
    if (plan.kind !== "away" || !plan.retry) {
      this.#asking.delete(id);
      return plan;
    }
    const { clock, random } = this.#parts;
    asking.failures++;
    asking.reason = plan.reason;
    asking.timer = clock.after(backoffMs(askAgain, asking.failures, random), () => onLater());
    return plan;
  }
}

const sourceOf = ({ choice }: Planned): string => (choice?.kind === "part" ? choice.source : "(none)");
const protocolOf = ({ choice }: Planned): string => (choice?.kind === "part" ? choice.part.protocol : "");
