import { parseJsonPath, selectJson } from "../payload/json-path.ts";
import type { AvailabilityTopic, Connection } from "../visitors/connection.ts";

/** What the availability topics of one device say together: undefined while that cannot be told. */
export class Availability {
  readonly #topics: readonly AvailabilityTopic[];
  readonly #mode: Connection["availabilityMode"];
  readonly #said = new Map<AvailabilityTopic, boolean>();
  #latest: AvailabilityTopic | undefined;

  constructor({ availability = [], availabilityMode }: Pick<Connection, "availability" | "availabilityMode">) {
    this.#topics = availability;
    this.#mode = availabilityMode;
  }

  get topics(): readonly string[] {
    return this.#topics.map(({ topic }) => topic);
  }

  /** Takes note of a message; false when it says nothing about whether the device is there. */
  hear(topic: string, payload: Buffer): boolean {
    let heard = false;
    for (const one of this.#topics) {
      if (one.topic !== topic) continue;
      const word = wordIn(payload, one.path);
      if (word !== one.online && word !== one.offline) continue;
      this.#said.set(one, word === one.online);
      this.#latest = one;
      heard = true;
    }
    return heard;
  }

  get isOnline(): boolean | undefined {
    const said = this.#topics.map((one) => this.#said.get(one));
    if (this.#topics.length === 0) return true;
    if (this.#mode === "latest") return this.#latest && this.#said.get(this.#latest);
    const [deciding, otherwise] = this.#mode === "all" ? [false, true] : [true, false];
    if (said.includes(deciding)) return deciding;
    return said.includes(undefined) ? undefined : otherwise;
  }

  /** The topics that keep the device from being there, for messages. */
  get absent(): string {
    const silent = this.#topics.filter((one) => !this.#said.has(one)).map(({ topic }) => `nothing yet on ${topic}`);
    const offline = this.#topics
      .filter((one) => this.#said.get(one) === false)
      .map(({ topic, offline }) => `${topic} says ${offline}`);
    return [...offline, ...silent].join(", ");
  }
}

function wordIn(payload: Buffer, path: string | undefined): string | undefined {
  if (path === undefined) return payload.toString();
  try {
    const found = selectJson(JSON.parse(payload.toString()), parseJsonPath(path) ?? []);
    return found === undefined ? undefined : String(found);
  } catch {
    return undefined;
  }
}
