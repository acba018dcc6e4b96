import type { Network } from "../network/network.ts";
import { refused } from "../refused.ts";

/** What a coordinator's device is opened with. */
export interface CoordinatorSettings {
  readonly joinSeconds: number;
  /** Where the library keeps the backup of the dongle. */
  readonly backup: string;
}

/** A network in the hands of its coordinator's device. */
export class CoordinatorSession {
  readonly network: Network;
  readonly #settings: CoordinatorSettings;

  constructor(network: Network, settings: CoordinatorSettings) {
    this.network = network;
    this.#settings = settings;
  }

  get joinSeconds(): number {
    return this.#settings.joinSeconds;
  }

  get backupPath(): string {
    return this.#settings.backup;
  }

  get isJoinable(): boolean {
    return this.network.controller.getPermitJoin();
  }

  /** Opens the join window of the dongle and all routers, or of one router; 0 closes it. */
  async permitJoin(seconds: number, via?: string): Promise<void> {
    const router = via === undefined ? undefined : this.network.device(via);
    await this.request("the join window", () => this.network.controller.permitJoin(seconds, router));
  }

  /** Runs something with the dongle; rejects with our codes. */
  async request<T>(what: string, action: () => Promise<T>): Promise<T> {
    try {
      return await this.network.request(action);
    } catch (error) {
      throw refused(error, { ieee: "the dongle", what });
    }
  }

  /** What `read` says whenever it changes; nothing while the dongle is away, which `state` tells. */
  async *changesOf<T>(read: () => T, signal: AbortSignal): AsyncGenerator<T> {
    let last = this.#now(read);
    for await (const _ of this.network.changes.values({ signal })) {
      const now = this.#now(read);
      if (now === undefined || now === last) continue;
      last = now;
      yield now;
    }
  }

  #now<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch {
      return undefined; // the dongle is away
    }
  }
}
