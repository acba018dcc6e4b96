import type { Clock, Timer } from "@edgetwin/mapper-sdk";
import type { TwinEngine } from "../twin/engine.ts";
import { errorAnswer, getResult } from "./answers.ts";
import type { Bus, BusMessage } from "./bus.ts";
import { deviceTopic, parseDeviceTopic } from "./device-topics.ts";
import { parseRequest } from "./request.ts";
import { unknownDevice } from "./update-requests.ts";

/** How long a client may take to subscribe after it asked, where nobody tells us that it did. */
const lateSubscriberMs = 250;

/** Questions to remember, over all clients. */
const remembered = 1024;

interface GetParts {
  readonly bus: Bus;
  readonly engine: TwinEngine;
  readonly clock: Clock;
}

/**
 * Answers `twin/get`. KubeEdge's led-raspberrypi asks and subscribes to the answer in a race, and then waits for ever; its
 * way out is to subscribe again every second. So a client that subscribes to the answer after it asked, or
 * subscribes a second time, is told the twins once more. Where the broker does not show subscriptions, each answer is
 * repeated once a little later.
 */
export class GetRequests implements Disposable {
  readonly #parts: GetParts;
  /** The last event id by client and answer topic; undefined when the client subscribed but has not asked. */
  readonly #asked = new Map<string, string | undefined>();
  readonly #repeats = new Map<string, Timer>();

  constructor(parts: GetParts) {
    this.#parts = parts;
  }

  handle({ topic, payload, client }: BusMessage): undefined {
    const address = parseDeviceTopic(topic, "twin/get");
    if (!address) return;
    const answerTopic = deviceTopic(address.form, "twin/get/result");
    const request = parseRequest(payload);
    if ("code" in request) {
      this.#parts.bus.publish(answerTopic, errorAnswer({ eventId: "", at: this.#parts.clock.now() }, request));
      return;
    }
    if (client !== undefined) this.#remember(keyOf(client, answerTopic), request.eventId);
    this.#answer(answerTopic, request.eventId);
    if (!this.#parts.bus.seesSubscriptions) this.#repeatLater(answerTopic, request.eventId);
  }

  /** A client subscribed to `filter`. */
  subscribed(client: string, filter: string): void {
    if (!parseDeviceTopic(filter, "twin/get/result")) return;
    const key = keyOf(client, filter);
    if (this.#asked.has(key)) this.#answer(filter, this.#asked.get(key) ?? "", client);
    else this.#remember(key, undefined);
  }

  [Symbol.dispose](): void {
    for (const timer of this.#repeats.values()) timer[Symbol.dispose]();
    this.#repeats.clear();
  }

  #answer(topic: string, eventId: string, to?: string): void {
    const { bus, engine, clock } = this.#parts;
    const address = parseDeviceTopic(topic, "twin/get/result");
    if (!address) return;
    const envelope = { eventId, at: clock.now() };
    const device = engine.device(address.device);
    const payload = device ? getResult(envelope, device) : errorAnswer(envelope, unknownDevice(address));
    bus.publish(topic, payload, to === undefined ? undefined : { to });
  }

  #repeatLater(topic: string, eventId: string): void {
    if (this.#repeats.has(topic) || this.#repeats.size >= remembered) return;
    const repeat = () => {
      this.#repeats.delete(topic);
      this.#answer(topic, eventId);
    };
    this.#repeats.set(topic, this.#parts.clock.after(lateSubscriberMs, repeat, { background: true }));
  }

  #remember(key: string, eventId: string | undefined): void {
    this.#asked.delete(key);
    this.#asked.set(key, eventId);
    const oldest = this.#asked.keys().next();
    if (this.#asked.size > remembered && !oldest.done) this.#asked.delete(oldest.value);
  }
}

/** Client ids and topics are UTF-8 text without U+0000 (MQTT 3.1.1 clause 1.5.3). */
const keyOf = (client: string, topic: string) => `${client}\0${topic}`;
