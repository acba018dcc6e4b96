import { AgentError } from "../errors.ts";
import type { StoreWrite } from "../store/store.ts";
import { Announcements } from "./announcements.ts";
import { emptyShape } from "./configure.ts";
import { DeferredWrites } from "./deferred-writes.ts";
import type { Applied, EngineParts, TwinEngine } from "./engine.ts";
import { reduce } from "./reduce.ts";
import { StoredTwins } from "./stored-twins.ts";
import { TwinRecord } from "./twin-record.ts";
import type { DeviceId, Outcome, TwinEvent } from "./types.ts";

/** How long progress and readings of our own mappers may wait for the card when nobody waits for them. */
const deferMs = 1000;

/** Who waits for an event. */
interface Answer {
  readonly done: (outcome: Outcome) => void;
  readonly failed: (error: unknown) => void;
}

interface Finished extends Pick<Answer, "done"> {
  readonly outcome: Outcome;
}

/** Builds the engine on what the store held. */
export function createEngine({ store, clock, log, stored }: EngineParts): TwinEngine & AsyncDisposable {
  const devices = new Map<DeviceId, TwinRecord>();
  const returning = new StoredTwins(stored);
  const appliedListeners = new Set<(applied: Applied) => void>();
  const deliverListeners = new Set<(id: DeviceId, properties: readonly string[]) => void>();
  const deferred = new DeferredWrites({ store, clock, log, delayMs: deferMs });
  const announcements = new Announcements<TwinRecord>();

  function submit(id: DeviceId, event: TwinEvent): Promise<Outcome> {
    return new Promise((resolve, reject) => take(id, event, { done: resolve, failed: reject }));
  }

  function take(id: DeviceId, event: TwinEvent, { done, failed }: Answer): void {
    const record = devices.get(id);
    if (!record) return failed(new AgentError("NOT_FOUND", `there is no device ${id}`));
    const outcome = reduce(record.head, event);
    if (outcome.refusals.length > 0) {
      record.rememberRefusals(outcome);
      deferred.add(record, outcome);
      return done(outcome);
    }
    const persist = outcome.effects.find((effect) => effect.kind === "persist");
    record.advance(outcome);
    if (persist?.durability === "deferred") deferred.add(record, outcome);
    const written =
      persist && persist.durability !== "deferred"
        ? store.commit(writesOf(record, outcome), persist.durability)
        : undefined;
    // Effects run in the order of submission: an event behind one that is still being written waits for it.
    record.enqueue(outcome, written, { finish: () => finish(record, event, { outcome, done }), fail: failed });
  }

  /** What is to be done goes to the device at once, before those are told who only want to know of it. */
  function finish(record: TwinRecord, event: TwinEvent, { outcome, done }: Finished): void {
    announcements.flush(record);
    record.publish(outcome);
    announcements.add(record, () => {
      for (const effect of outcome.effects) {
        if (effect.kind !== "publish") continue;
        for (const listener of appliedListeners) show(listener, { device: record.stored, event, outcome });
      }
      done(outcome);
    });
    for (const effect of outcome.effects) {
      if (effect.kind === "deliver") for (const listener of deliverListeners) listener(record.id, effect.properties);
    }
  }

  function show(listener: (applied: Applied) => void, applied: Applied): void {
    try {
      listener(applied);
    } catch (error) {
      log.error("watcher failed", { device: applied.device.id, error });
    }
  }

  return {
    submit,
    tell: (id, event) =>
      take(id, event, {
        done() {},
        failed: (error) => log.debug("event was not stored", { device: id, event: event.kind, error }),
      }),
    device: (id) => devices.get(id)?.stored,
    async causes(id, property) {
      const record = devices.get(id);
      if (!record) throw new AgentError("NOT_FOUND", `there is no device ${id}`);
      await deferred.flush();
      return await store.causes(record.uid, property);
    },
    *devices() {
      for (const record of devices.values()) yield record.stored;
    },
    add({ id, uid }) {
      if (devices.has(id)) throw new TypeError(`the engine already keeps ${id}`);
      const { twins, health } = returning.take(uid);
      const record = new TwinRecord({ id, uid, shape: emptyShape, twins, health });
      const at = clock.now();
      const outcome = reduce(record.head, { kind: "restart", at });
      record.advance(outcome);
      record.publish(outcome);
      devices.set(id, record);
    },
    remove(id) {
      const record = devices.get(id);
      if (!record) return;
      deferred.forget(record);
      devices.delete(id);
    },
    onApplied: (listener) => subscribe(appliedListeners, listener),
    onDeliver: (listener) => subscribe(deliverListeners, listener),
    [Symbol.asyncDispose]: () => deferred[Symbol.asyncDispose](),
  };
}

function writesOf({ uid }: TwinRecord, { changes, causes, health }: Outcome): StoreWrite[] {
  const writes: StoreWrite[] = [];
  for (const { name, after } of changes) {
    if (after) writes.push({ put: "twin", device: uid, twin: after });
    else writes.push({ drop: "twin", device: uid, property: name });
  }
  for (const cause of causes) writes.push({ put: "cause", device: uid, cause });
  if (health) writes.push({ put: "health", device: uid, health });
  return writes;
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
