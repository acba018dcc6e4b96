import { topicMatches } from "../link/topic.ts";

/** Messages that a broker keeps: the last one of each topic (MQTT 3.1.1, 3.3.1.3). */
export class RetainedTopics {
  readonly #messages = new Map<string, Buffer>();

  /** An empty payload takes back what was kept. */
  keep(topic: string, payload: Buffer): void {
    if (payload.length === 0) this.#messages.delete(topic);
    else this.#messages.set(topic, payload);
  }

  get(topic: string): string | undefined {
    return this.#messages.get(topic)?.toString();
  }

  matching(filter: string): readonly (readonly [string, Buffer])[] {
    return [...this.#messages].filter(([topic]) => topicMatches(filter, topic));
  }
}
