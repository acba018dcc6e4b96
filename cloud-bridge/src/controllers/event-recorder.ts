import { createHash } from "node:crypto";
import type { Clock, Log } from "@edgetwin/mapper-sdk";
import { BridgeError } from "../errors.ts";
import { TokenBucket } from "../hub/token-bucket.ts";
import type { KubernetesClient, StoredObject } from "../kubernetes/client.ts";
import { resourceTypes } from "../kubernetes/resource-types.ts";

/** Something that people should see at an object. */
export interface Happening {
  readonly type: "Normal" | "Warning";
  /** CamelCase. */
  readonly reason: string;
  readonly message: string;
}

export interface EventRecorderOptions {
  readonly client: Pick<KubernetesClient, "create" | "mergePatch">;
  readonly clock: Clock;
  readonly log: Log;
}

/** The same event again within this time is only counted, and the count written after it. */
const quietMs = 300_000;
/** Most events that are remembered in order to count them. */
const mostRemembered = 4096;
/** As client-go limits them: a burst, then one in five seconds. */
const rate = { burst: 25, perSecond: 0.2 };
const longestMessage = 1024;

interface Remembered {
  readonly namespace: string;
  readonly name: string;
  count: number;
  writtenAt: number;
}

/** Writes Events, each once: what happens again is counted in the one that is there. An Event that is lost stops nothing. */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #remembered = new Map<string, Remembered>();
  readonly #bucket: TokenBucket;
  #dropped = 0;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#bucket = new TokenBucket(rate, options.clock.monotonic());
  }

  /** Events that were not written, since there were too many. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Records that something happened to an object. Never rejects. */
  async record(about: StoredObject, happening: Happening): Promise<void> {
    const { clock, log } = this.#options;
    const { uid, namespace = "default", name } = about.metadata;
    const digest = createHash("sha256").update([uid, happening.reason, happening.message].join("\0"));
    const id = digest.digest("hex").slice(0, 16);
    const now = clock.monotonic();
    const known = this.#remembered.get(id);
    if (known) {
      known.count += 1;
      if (now - known.writtenAt < quietMs) return;
    }
    if (!this.#bucket.tryTake(now)) {
      this.#dropped += 1;
      return;
    }
    try {
      if (known) await this.#count(known);
      else await this.#create(about, { happening, namespace, name: `${name.slice(0, 200)}.${id}` });
      const remembered = known ?? { namespace, name: `${name.slice(0, 200)}.${id}`, count: 1, writtenAt: now };
      remembered.writtenAt = now;
      this.#remember(id, remembered);
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error;
      log.warn("event not written", { object: `${namespace}/${name}`, reason: happening.reason, error });
    }
  }

  #remember(id: string, remembered: Remembered): void {
    this.#remembered.delete(id);
    this.#remembered.set(id, remembered);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > mostRemembered && oldest !== undefined) this.#remembered.delete(oldest);
  }

  async #count({ namespace, name, count }: Remembered): Promise<void> {
    const patch = { count, lastTimestamp: this.#time() };
    await this.#options.client.mergePatch(resourceTypes.events, { namespace, name }, patch);
  }

  async #create(
    about: StoredObject,
    { happening, namespace, name }: { happening: Happening; namespace: string; name: string },
  ): Promise<void> {
    const { apiVersion, kind, metadata } = about;
    const time = this.#time();
    const event = {
      apiVersion: "v1",
      kind: "Event",
      metadata: { namespace, name },
      involvedObject: {
        ...{ apiVersion, kind, namespace: metadata.namespace, name: metadata.name },
        ...{ uid: metadata.uid, resourceVersion: metadata.resourceVersion },
      },
      type: happening.type,
      reason: happening.reason,
      message: happening.message.slice(0, longestMessage),
      source: { component: "edgetwin-bridge" },
      reportingComponent: "edgetwin-bridge",
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
    };
    try {
      await this.#options.client.create(resourceTypes.events, event);
    } catch (error) {
      // Of an earlier life of the bridge: it happens again now.
      if (!(error instanceof BridgeError && error.reason === "AlreadyExists")) throw error;
      await this.#options.client.mergePatch(resourceTypes.events, { namespace, name }, { lastTimestamp: time });
    }
  }

  #time(): string {
    return `${new Date(this.#options.clock.now()).toISOString().slice(0, 19)}Z`;
  }
}
