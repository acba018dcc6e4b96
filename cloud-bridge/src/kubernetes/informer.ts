import { type Clock, delay, type Log } from "@edgetwin/mapper-sdk";
import { BridgeError } from "../errors.ts";
import { backoffMs } from "./backoff.ts";
import type { KubernetesClient, ResourceType, Selection, StoredObject } from "./client.ts";
import { type Indexes, keyOf, ObjectCache, type ObjectChange, type ReadableCache } from "./object-cache.ts";
import { kindName } from "./resource-url.ts";

export interface InformerOptions<I extends string> {
  readonly client: Pick<KubernetesClient, "list" | "watch">;
  readonly type: ResourceType;
  readonly selection?: Selection;
  readonly indexes: Indexes<I>;
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
}

/** client-go waits as long between two attempts. */
const backoff = { firstMs: 800, longestMs: 30_000 };

/** A watch that ends sooner without an event counts as failed, or a broken server would be asked without a pause. */
const shortWatchMs = 1000;

/** kubectl keeps the whole object a second time in it. */
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/** Keeps a cache the same as what an API server has, and tells what changes. Goes on for ever when the server fails. */
export class Informer<I extends string = never> {
  readonly #options: InformerOptions<I>;
  readonly #random: () => number;
  readonly #cache: ObjectCache<I>;
  readonly #listeners = new Set<(change: ObjectChange) => void>();
  readonly #synced: Promise<void>;
  #resolveSynced: () => void = () => undefined;
  #version: string | undefined;
  #failures = 0;

  constructor(options: InformerOptions<I>) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    this.#cache = new ObjectCache(options.indexes);
    this.#synced = new Promise((resolve) => {
      this.#resolveSynced = resolve;
    });
  }

  /** What the server has, as far as it told. */
  get cache(): ReadableCache<I> {
    return this.#cache;
  }

  /** Resolves when the cache holds everything that the server had at one time. */
  get synced(): Promise<void> {
    return this.#synced;
  }

  /** Tells each change, after it is in the cache. Returns how to stop. */
  subscribe(listener: (change: ObjectChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Lists and watches until `signal` aborts; resolves then. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.#version === undefined) await this.#list(signal);
        else await this.#watch(this.#version, signal);
      } catch (error) {
        if (signal.aborted) return;
        await this.#failed(error, signal);
      }
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client, type, selection } = this.#options;
    const { items, resourceVersion } = await client.list(type, selection, { signal });
    for (const change of this.#cache.replace(items.map(compact))) this.#tell(change);
    this.#version = resourceVersion;
    this.#resolveSynced();
  }

  async #watch(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const { client, type, selection, clock } = this.#options;
    const began = clock.monotonic();
    let events = 0;
    for await (const event of client.watch(type, { ...selection, resourceVersion }, { signal })) {
      events += 1;
      this.#failures = 0;
      this.#version = event.type === "BOOKMARK" ? event.resourceVersion : event.object.metadata.resourceVersion;
      if (event.type === "BOOKMARK") continue;
      const { type: what, object } = event;
      const change = what === "DELETED" ? this.#cache.remove(keyOf(object.metadata)) : this.#cache.put(compact(object));
      if (change) this.#tell(change);
    }
    if (events > 0 || signal.aborted) return;
    if (clock.monotonic() - began >= shortWatchMs) this.#failures = 0;
    else throw new BridgeError("UNREACHABLE", `watch of ${kindName(type)} ended at once`);
  }

  /** Waits. Lists again when the server forgot the version; after any other failure the watch goes on where it was. */
  async #failed(error: unknown, signal: AbortSignal): Promise<void> {
    const { clock, log, type } = this.#options;
    const isExpired = error instanceof BridgeError && (error.reason === "Expired" || error.status === 410);
    if (isExpired) this.#version = undefined;
    this.#failures += 1;
    const pauseMs = Math.round(backoffMs(this.#failures, { ...backoff, random: this.#random }));
    const level = isExpired ? "info" : "warn";
    log[level](isExpired ? "watch expired" : "watch failed", { kind: kindName(type), pauseMs, error });
    await delay(clock, pauseMs, signal).catch(() => undefined);
  }

  #tell(change: ObjectChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

function compact(object: StoredObject): StoredObject {
  const annotations = object.metadata.annotations as Readonly<Record<string, string>> | undefined;
  if (annotations?.[lastApplied] === undefined) return object;
  const { [lastApplied]: _, ...kept } = annotations;
  return { ...object, metadata: { ...object.metadata, annotations: kept } };
}
