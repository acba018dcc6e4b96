import { type Clock, delay, type Log, type Timer } from "@edgetwin/mapper-sdk";
import type { Leadership } from "../bridge/leadership.ts";
import { BridgeError } from "../errors.ts";
import type { KubernetesClient } from "../kubernetes/client.ts";
import { resourceTypes } from "../kubernetes/resource-types.ts";
import { type LeaseSpec, leaseSpecOf, microTime } from "./lease-spec.ts";

export interface ElectionOptions {
  readonly client: Pick<KubernetesClient, "get" | "create" | "replace">;
  readonly namespace: string;
  /** Of the Lease that replicas compete for. */
  readonly name: string;
  /** Of this replica: no two that run have the same. */
  readonly identity: string;
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Times of client-go's election, by which every controller of Kubernetes is elected. */
const leaseMs = 15_000;
const renewDeadlineMs = 10_000;
const retryMs = 2_000;

/**
 * Of several replicas, at most one leads: the one that holds a Lease of the API server. Whether another's Lease has run
 * out is told by how long this replica saw it unchanged, never by the times in it: no two clocks need agree. Whoever
 * cannot renew for 10 s leads no more, 5 s before anybody else may.
 */
export class LeaseElection implements Leadership, AsyncDisposable {
  readonly isAlone = false;
  readonly #options: ElectionOptions;
  readonly #listeners = new Set<(isLeader: boolean) => void>();
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #isLeader = false;
  #deadline: Timer | undefined;
  #seen: { readonly version: string; readonly at: number } | undefined;
  #leader = "";

  constructor(options: ElectionOptions) {
    this.#options = options;
    this.#running = this.#run(this.#stop.signal);
  }

  get isLeader(): boolean {
    return this.#isLeader;
  }

  /** Identity of the replica that leads, as far as this one knows; empty when it does not. */
  get leader(): string {
    return this.#leader;
  }

  subscribe(listener: (isLeader: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Stands for election no more; a leader gives its Lease back, so that another leads at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
    if (!this.#isLeader) return;
    this.#lead(false);
    try {
      await this.#hold(true);
    } catch (error) {
      this.#options.log.info("leadership not given back; it runs out", { error });
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, log, random } = this.#options;
    while (!signal.aborted) {
      // From before the request: the answer may have taken its time.
      const began = clock.monotonic();
      try {
        if (await this.#hold(false, signal)) this.#renewed(began);
        else this.#lead(false);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof BridgeError)) throw error;
        log.warn("leadership not renewed", { isLeader: this.#isLeader, error });
      }
      await delay(clock, Math.round(retryMs * (1 + random() / 5)), signal).catch(() => {});
    }
  }

  #renewed(began: number): void {
    const { clock } = this.#options;
    const leftMs = began + renewDeadlineMs - clock.monotonic();
    this.#deadline?.[Symbol.dispose]();
    // Also while a request hangs.
    this.#deadline = clock.after(Math.max(0, leftMs), () => this.#lead(false), { background: true });
    this.#lead(leftMs > 0);
  }

  #lead(isLeader: boolean): void {
    if (!isLeader) {
      this.#deadline?.[Symbol.dispose]();
      this.#deadline = undefined;
    }
    if (this.#isLeader === isLeader) return;
    this.#isLeader = isLeader;
    const { log, name, identity } = this.#options;
    log.info(isLeader ? "this replica leads" : "this replica leads no more", { lease: name, identity });
    for (const listener of this.#listeners) listener(isLeader);
  }

  /** Takes, renews or gives back the Lease; tells whether it is this replica's now. */
  async #hold(isReleased: boolean, signal?: AbortSignal): Promise<boolean> {
    const { client, clock, namespace, name, identity } = this.#options;
    const options = signal ? { signal } : {};
    const lease = await client.get(resourceTypes.leases, { namespace, name }, options);
    const before = lease && leaseSpecOf(lease);
    const holder = before?.holderIdentity ?? "";
    const at = clock.monotonic();
    if (lease && this.#seen?.version !== lease.metadata.resourceVersion)
      this.#seen = { version: lease.metadata.resourceVersion, at };
    const validMs = (before?.leaseDurationSeconds ?? 0) * 1000;
    const isFree = holder === "" || holder === identity || at - (this.#seen?.at ?? at) >= validMs;
    if (!isFree || (isReleased && holder !== identity)) {
      this.#leader = holder;
      return false;
    }
    const time = microTime(clock.now());
    const isNew = holder !== identity;
    const spec: LeaseSpec = {
      holderIdentity: isReleased ? "" : identity,
      leaseDurationSeconds: isReleased ? 1 : leaseMs / 1000,
      acquireTime: isNew ? time : (before?.acquireTime ?? time),
      renewTime: time,
      leaseTransitions: (before?.leaseTransitions ?? 0) + (isNew && lease ? 1 : 0),
    };
    const metadata = { namespace, name, ...(lease && { resourceVersion: lease.metadata.resourceVersion }) };
    const object = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec };
    try {
      const stored = lease
        ? await client.replace(resourceTypes.leases, object, options)
        : await client.create(resourceTypes.leases, object, options);
      this.#seen = { version: stored.metadata.resourceVersion, at };
      this.#leader = spec.holderIdentity;
      return !isReleased;
    } catch (error) {
      // Another replica was quicker.
      if (error instanceof BridgeError && error.status === 409) return false;
      throw error;
    }
  }
}
