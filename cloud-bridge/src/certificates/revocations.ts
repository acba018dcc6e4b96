import type { Clock } from "@edgetwin/mapper-sdk";
import { BridgeError } from "../errors.ts";
import type { SecretStore } from "./secret-store.ts";

const name = "edgetwin-revocations";
const entry = "nodes.json";

/** Nodes whose certificates of before a time are worth nothing. Kept by time, not by serial, so that none is missed. */
export class Revocations {
  readonly #secrets: SecretStore;
  readonly #clock: Clock;
  /** How long the longest certificate lives: older entries revoke nothing that is still valid. */
  readonly #longestMs: number;
  #until: ReadonlyMap<string, number> = new Map();

  constructor(secrets: SecretStore, clock: Clock, longestMs: number) {
    this.#secrets = secrets;
    this.#clock = clock;
    this.#longestMs = longestMs;
  }

  /** Reads what this and other replicas revoked. */
  async refresh(): Promise<void> {
    this.#until = await this.#read().then(({ entries }) => entries);
  }

  /** Whether a node's certificate that is valid from `notBefore` (milliseconds since 1970) was revoked. */
  isRevoked(node: string, notBefore: number): boolean {
    return notBefore <= (this.#until.get(node) ?? Number.NEGATIVE_INFINITY);
  }

  /** The first full second from which on a certificate of the node counts. */
  earliestFor(node: string): number {
    return (this.#until.get(node) ?? Number.NEGATIVE_INFINITY) + 1000;
  }

  /** Revokes every certificate that a node has now. It may join again, with a token. */
  async revoke(node: string): Promise<void> {
    const now = this.#clock.now();
    // Certificates know seconds only.
    const until = now - (now % 1000);
    for (let attempt = 1; ; attempt++) {
      const { entries, version } = await this.#read();
      const kept = new Map([...entries].filter(([, time]) => time + this.#longestMs > now)).set(node, until);
      const data = new Map([[entry, Buffer.from(JSON.stringify(Object.fromEntries(kept)))]]);
      try {
        await this.#secrets.put(name, data, version);
        this.#until = kept;
        return;
      } catch (error) {
        if (!(error instanceof BridgeError && error.reason === "Conflict") || attempt === 5) throw error;
      }
    }
  }

  async #read(): Promise<{ readonly entries: ReadonlyMap<string, number>; readonly version?: string }> {
    const secret = await this.#secrets.get(name);
    if (!secret) return { entries: new Map() };
    const text = Buffer.from(secret.data.get(entry) ?? new Uint8Array()).toString("utf8");
    try {
      const nodes = JSON.parse(text) as Record<string, number>;
      return { entries: new Map(Object.entries(nodes)), version: secret.version };
    } catch (cause) {
      const fix = "an object of node names and times in milliseconds; correct it, or delete it to revoke nothing";
      throw new BridgeError("START_FAILED", `secret ${name}: ${entry} is not ${fix}`, { cause });
    }
  }
}
