import type { PropertyType } from "@edgetwin/mapper-sdk";
import type { Sink, SinkTarget } from "@edgetwin/mapper-sdk/sinks";
import type { QueuedTarget } from "../store/queue/queue-messages.ts";
import type { Reported } from "../twin/types.ts";
import type { PushRoute } from "./push-routes.ts";
import type { SinkParts } from "./run-sinks.ts";
import type { SinkCatalogue } from "./sink-catalogue.ts";
import { credentialFor } from "./sink-credential.ts";
import type { SinkStatus } from "./sinks.ts";
import type { Source, SourceFacts } from "./source.ts";
import { Spool } from "./spool.ts";
import { TargetQueue } from "./target-queue.ts";
import { TargetSender } from "./target-sender.ts";

/** More targets than a Pi should talk to; each may fill `sinks.queueBytes` on the card. */
const mostTargets = 32;

/** How long a target that no device uses any more may fail before what waits for it is dropped. */
const orphanPatienceMs = 3_600_000;

/** Takes a reading of one property. */
export type Outlet = (reported: Reported, property: { readonly type: PropertyType; readonly unit?: string }) => void;

/** A property that goes to a target. */
export interface TargetUse {
  readonly route: PushRoute;
  readonly sink: Sink;
  readonly target: SinkTarget;
}

interface Running {
  readonly key: string;
  readonly address: string;
  readonly sink: Sink;
  readonly queue: TargetQueue;
  readonly sender: TargetSender;
  readonly users: Set<string>;
  /** Monotonic milliseconds since nobody uses it; undefined while somebody does. */
  orphanSince?: number;
}

/** Every target with its queue and its sender. A target lives while a device uses it or something waits for it. */
export class Targets implements AsyncDisposable {
  readonly #parts: SinkParts;
  readonly #spool: Spool;
  readonly #running = new Map<string, Running>();
  #nextTarget = 1;

  private constructor(parts: SinkParts) {
    this.#parts = parts;
    this.#spool = new Spool(parts);
  }

  /** Takes over what is in the queue from before. A queue that cannot be read costs its content, not the agent. */
  static async open(parts: SinkParts, catalogue: SinkCatalogue): Promise<Targets> {
    const targets = new Targets(parts);
    try {
      await targets.#restore(catalogue);
    } catch (error) {
      parts.log.error("what waits for sinks cannot be read", { error });
    }
    return targets;
  }

  /** Makes the target of a property run. Returns what takes its readings, or why there is no room for one more target. */
  use(device: string, { route, sink, target }: TargetUse): Outlet | string {
    const key = keyOf({ route, target });
    let running = this.#running.get(key);
    if (!running && this.#running.size >= mostTargets) {
      return `${route.where}: there are ${mostTargets} targets already, which is the limit; let properties share one`;
    }
    running ??= this.#start({ key, sink, target, credentials: route.credentials });
    running.users.add(device);
    delete running.orphanSince;
    const { queue } = running;
    let source: Source | undefined;
    return ({ value, at, quality }, { type, unit }) => {
      if (!source || source.facts.type !== type || source.facts.unit !== unit) {
        source = this.#spool.sourceOf(queue.target, factsOf(route, type, unit), target.config);
      }
      queue.put({ source, value, at, quality });
    };
  }

  /** A device uses no other targets than these any more. */
  keepOnly(device: string, keys: ReadonlySet<string>): void {
    for (const running of this.#running.values()) {
      if (keys.has(running.key) || !running.users.delete(device)) continue;
      if (running.users.size === 0) this.#orphan(running);
    }
  }

  list(): readonly SinkStatus[] {
    this.#dropOrphans();
    return [...this.#running.values()].map(({ sink, address, queue, sender, users }) => {
      const { state, figures } = sender;
      const { points: queued, oldestAt, dropped } = queue;
      return {
        sink: sink.name,
        address,
        state: state.name,
        ...(state.name === "waiting" && { reason: state.reason, retryInMs: state.retryInMs }),
        devices: [...users].sort(),
        queued,
        ...(oldestAt !== undefined && { oldestAt }),
        dropped,
        ...figures,
      };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ sender }) => sender[Symbol.asyncDispose]()));
    await this.#spool.close();
  }

  #start({
    key,
    sink,
    target,
    credentials,
    waiting,
  }: {
    readonly key: string;
    readonly sink: Sink;
    readonly target: SinkTarget;
    readonly credentials: string | undefined;
    readonly waiting?: QueuedTarget;
  }): Running {
    const { config, credentials: known, clock, log, random, env } = this.#parts;
    const { address, batch } = target;
    const number = waiting?.target ?? this.#nextTarget++;
    const queue = new TargetQueue(number, {
      spool: this.#spool,
      limitBytes: config.queueBytes,
      ...(waiting && { onCard: { ...waiting } }),
    });
    this.#spool.add(queue);
    const asked = { sink: sink.name, name: credentials, address };
    const sender = new TargetSender({
      ...{ sink, config: target.config, address, batch, queue, clock, log, random },
      timeoutMs: config.timeout,
      credential: () => credentialFor(asked, { credentials: known, env }),
    });
    const running: Running = { key, address, sink, queue, sender, users: new Set() };
    this.#running.set(key, running);
    return running;
  }

  /** Nobody fills it any more; it still gets what waits for it. */
  #orphan(running: Running): void {
    running.orphanSince = this.#parts.clock.monotonic();
    this.#dropOrphans();
    if (this.#running.has(running.key)) {
      this.#parts.clock.after(orphanPatienceMs, () => this.#dropOrphans(), { background: true });
    }
  }

  #dropOrphans(): void {
    const { clock, log } = this.#parts;
    for (const running of this.#running.values()) {
      const { orphanSince, queue, sender, key, address } = running;
      if (orphanSince === undefined) continue;
      const patient = clock.monotonic() - orphanSince < orphanPatienceMs || sender.state.name !== "waiting";
      if (queue.points > 0 && patient) continue;
      this.#running.delete(key);
      const end = async () => {
        await sender[Symbol.asyncDispose]();
        const lost = await queue.clear();
        this.#spool.remove(queue);
        if (lost > 0) log.warn("values for a target that nobody uses any more are dropped", { address, lost });
      };
      end().catch((error: unknown) => log.warn("a queue could not be removed", { address, error }));
    }
  }

  async #restore(catalogue: SinkCatalogue): Promise<void> {
    const { storage, log } = this.#parts;
    const { sources, targets, notice } = await storage.content();
    if (notice !== undefined) log.error("sinks", { notice });
    const withPoints = new Set(targets.map(({ target }) => target));
    for (const target of new Set(sources.map((source) => source.target))) {
      if (!withPoints.has(target)) await storage.forget(target);
    }
    for (const waiting of targets) {
      this.#nextTarget = Math.max(this.#nextTarget, waiting.target + 1);
      let running: Running | undefined;
      let reason = "nothing is known about where it goes";
      for (const { id, target: number, facts: text } of sources) {
        if (number !== waiting.target) continue;
        const facts = JSON.parse(text) as SourceFacts;
        const sink = await catalogue.find(facts.sink);
        if (typeof sink === "string") {
          reason = sink;
          continue;
        }
        const target = sink.check(facts.raw, facts.property);
        const key = keyOf({ route: facts, target });
        this.#spool.restore({ id, target: number, facts, text, config: target.config });
        running ??=
          this.#running.get(key) ?? this.#start({ key, sink, target, credentials: facts.credentials, waiting });
      }
      if (running) this.#orphan(running);
      else {
        log.error("values that wait for a sink are dropped", { points: waiting.points, reason });
        await storage.forget(waiting.target);
      }
    }
  }
}

const factsOf = (
  { device, property, sink, raw, credentials }: PushRoute,
  type: PropertyType,
  unit: string | undefined,
) => ({
  device,
  property,
  type,
  ...(unit !== undefined && { unit }),
  sink,
  raw,
  ...(credentials !== undefined && { credentials }),
});

/** What two properties must have in common to share a queue: the target, and who the agent is there. */
export const keyOf = ({
  route,
  target,
}: {
  readonly route: { readonly credentials?: string };
  readonly target: SinkTarget;
}): string => `${route.credentials ?? ""} ${target.key}`;
