import type { Clock } from "@edgetwin/mapper-sdk";
import type { DeviceId, DeviceTwin, TwinChange } from "../twin/types.ts";
import { unsolicited, updateDelta, updateDocument } from "./answers.ts";
import { BoundedCache } from "./bounded-cache.ts";
import type { Bus } from "./bus.ts";
import { type DeviceAnswer, deviceTopic, formsOf } from "./device-topics.ts";
import { differs } from "./twin-json.ts";

interface Topics {
  readonly document: readonly string[];
  readonly delta: readonly string[];
}

/**
 * Publishes documents and deltas, which go to everybody: in both forms of the topic, whichever form a request had. What
 * nobody listens to is not even written down.
 */
export class TwinPublisher {
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #topics = new BoundedCache<DeviceId, Topics>((device) => ({
    document: topicsOf(device, "twin/update/document"),
    delta: topicsOf(device, "twin/update/delta"),
  }));

  constructor(bus: Bus, clock: Clock) {
    this.#bus = bus;
    this.#clock = clock;
  }

  /** Tells what changed. `eventId` is that of the request, if there was one. */
  document(device: DeviceTwin, changes: readonly TwinChange[], eventId?: string): void {
    if (changes.length === 0) return;
    const topics = this.#wanted(this.#topics.get(device.id).document);
    if (topics.length === 0) return;
    const at = this.#clock.now();
    this.#send(topics, updateDocument(eventId === undefined ? unsolicited(at) : { eventId, at }, changes));
  }

  /** Tells what is wanted and not there, to everybody or to one client; nothing when all desired values are there. */
  delta(device: DeviceTwin, to?: { readonly client: string; readonly topic: string }): void {
    const topics = to ? [to.topic] : this.#wanted(this.#topics.get(device.id).delta);
    if (topics.length === 0 || !anyDiffers(device)) return;
    const payload = updateDelta(unsolicited(this.#clock.now()), device);
    if (payload !== undefined) this.#send(topics, payload, to?.client);
  }

  #wanted(topics: readonly string[]): readonly string[] {
    return topics.filter((topic) => this.#bus.hasSubscribers(topic));
  }

  #send(topics: readonly string[], payload: string, client?: string): void {
    for (const topic of topics) this.#bus.publish(topic, payload, client === undefined ? undefined : { to: client });
  }
}

const topicsOf = (device: DeviceId, answer: DeviceAnswer) => formsOf(device).map((form) => deviceTopic(form, answer));

function anyDiffers({ twins }: DeviceTwin): boolean {
  for (const twin of twins.values()) if (differs(twin)) return true;
  return false;
}
