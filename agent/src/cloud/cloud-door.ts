import { type FSWatcher, mkdirSync, watch } from "node:fs";
import { basename } from "node:path";
import { type Clock, type Log, linkSignals } from "@edgetwin/mapper-sdk";
import type { Core } from "../core.ts";
import type { CloudStatus } from "./cloud-status.ts";
import type { Identity } from "./identity.ts";
import { cloudDirectory, identityFile, readIdentity } from "./identity-file.ts";
import type { CloudLink, CloudRouting } from "./link.ts";
import type { ReferenceStore } from "./references/reference-store.ts";

/** What the door to the cloud is made of. */
export interface CloudDoorParts {
  readonly core: Core;
  readonly stateDirectory: string;
  readonly random: () => number;
  readonly reportMs: number;
  readonly register: boolean;
  /** Secrets and ConfigMaps that the cloud sent. */
  readonly references: ReferenceStore;
  /** What Rules of the cloud may do here. */
  readonly routing: CloudRouting;
}

/**
 * Connects this node to its cloud while it has joined one, and notices `edgetwin join` and `edgetwin leave`. An agent that
 * has joined none loads nothing of it.
 */
export class CloudDoor implements AsyncDisposable {
  readonly #parts: CloudDoorParts;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #closed = new AbortController();
  #watcher: FSWatcher | undefined;
  #link: CloudLink | undefined;
  #stop: AbortController | undefined;
  /** Comings and goings, one after the other. */
  #turn: Promise<void> = Promise.resolve();
  #running: Promise<void> = Promise.resolve();
  #problem: string | undefined;

  constructor(parts: CloudDoorParts) {
    this.#parts = parts;
    this.#clock = parts.core.clock;
    this.#log = parts.core.log;
  }

  /** Opens the link when there is one to open. Never waits for the network, and never rejects. */
  async open(): Promise<void> {
    this.#watch();
    this.#look();
    await this.#turn;
  }

  status(): CloudStatus {
    if (this.#link) return this.#link.status();
    const nothing = { connects: 0, reportsConfirmed: 0, devicesWaiting: 0, refusedObjects: 0 };
    if (this.#problem === undefined) return { state: "none", since: this.#clock.now(), ...nothing };
    return { state: "stopped", reason: this.#problem, since: this.#clock.now(), ...nothing };
  }

  /** Where programs of this machine call URLs of the cloud; undefined while they may not. */
  get callPort(): number | undefined {
    return this.#link?.callPort;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watcher?.close();
    this.#closed.abort();
    await this.#turn;
    await this.#end();
  }

  #watch(): void {
    const { stateDirectory } = this.#parts;
    try {
      mkdirSync(cloudDirectory(stateDirectory), { recursive: true, mode: 0o700 });
      const name = basename(identityFile(stateDirectory));
      this.#watcher = watch(cloudDirectory(stateDirectory), { persistent: false }, (_, changed) => {
        if (changed === name) this.#look();
      });
      this.#watcher.on("error", (error) =>
        this.#log.warn("joining a cloud is noticed at the next start only", { error }),
      );
    } catch (error) {
      this.#log.warn("joining a cloud is noticed at the next start only", { error });
    }
  }

  #look(): void {
    this.#turn = this.#turn.then(() => this.#follow());
  }

  /** Makes the link what the identity on the disk says. */
  async #follow(): Promise<void> {
    if (this.#closed.signal.aborted) return;
    let identity: Identity | undefined;
    try {
      identity = readIdentity(this.#parts.stateDirectory);
      this.#problem = undefined;
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
      this.#log.error("cloud identity", { error });
    }
    // What the link itself stored, after a renewal, is no news to it.
    if (identity && this.#link?.holds(identity)) return;
    await this.#end();
    if (identity) await this.#begin(identity);
    else if (this.#problem === undefined) this.#parts.references.clear();
  }

  async #begin(identity: Identity): Promise<void> {
    const { core } = this.#parts;
    if (identity.node !== core.node) {
      this.#log.info("this node has another name in the cloud", { here: core.node, cloud: identity.node });
    }
    const { CloudLink: Link } = await import("./link.ts");
    const stop = new AbortController();
    const linked = linkSignals(stop.signal, this.#closed.signal);
    const link = new Link({ ...this.#parts, identity, signal: linked.signal });
    this.#stop = stop;
    this.#link = link;
    this.#running = link.run().finally(() => linked[Symbol.dispose]());
  }

  async #end(): Promise<void> {
    this.#stop?.abort(new Error("the node left the cloud"));
    await this.#running;
    this.#link = undefined;
  }
}
