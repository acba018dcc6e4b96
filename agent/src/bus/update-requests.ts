import type { Clock } from "@edgetwin/mapper-sdk";
import { AgentError } from "../errors.ts";
import type { Applied, TwinEngine } from "../twin/engine.ts";
import type { Outcome, Refusal, TwinEvent } from "../twin/types.ts";
import { errorAnswer, updateResult } from "./answers.ts";
import { BoundedCache } from "./bounded-cache.ts";
import type { Bus, BusMessage } from "./bus.ts";
import { type DeviceAddress, deviceTopic, parseDeviceTopic } from "./device-topics.ts";
import { type ErrorCode, parseRequest, type RequestError } from "./request.ts";
import type { TwinPublisher } from "./twin-publisher.ts";
import { parseTwinUpdate, type TwinUpdate } from "./update-request.ts";

/** Where KubeEdge sends errors of a message that it cannot read: the device id in the topic is empty. */
export const unreadableTopic = deviceTopic("", "twin/update/result");

const codes: Readonly<Record<Refusal["code"], ErrorCode>> = {
  PROPERTY_UNKNOWN: 404,
  VALUE_INVALID: 400,
  READ_ONLY: 400,
  VERSION_CONFLICT: 409,
  INTERLOCK: 409,
  LIMIT: 400,
};

/** A request that the engine is at. */
interface Pending {
  readonly update: TwinUpdate;
  readonly resultTopic: string;
  readonly eventId: string;
}

interface Target extends DeviceAddress {
  readonly resultTopic: string;
}

export interface UpdateParts {
  readonly bus: Bus;
  readonly engine: TwinEngine;
  readonly clock: Clock;
  readonly publisher: TwinPublisher;
}

/** Answers `twin/update`: result to whoever asked, then document and delta to everybody, in the order of the engine. */
export class UpdateRequests {
  readonly #parts: UpdateParts;
  readonly #pending = new Map<TwinEvent, Pending>();
  readonly #targets = new BoundedCache((topic: string): Target | undefined => {
    const address = parseDeviceTopic(topic, "twin/update");
    return address && { ...address, resultTopic: deviceTopic(address.form, "twin/update/result") };
  });

  constructor(parts: UpdateParts) {
    this.#parts = parts;
  }

  /** Resolves when the change is stored and answered, or refused and answered. */
  async handle({ topic, payload, client }: BusMessage): Promise<void> {
    const target = this.#targets.get(topic);
    if (!target) return;
    const request = parseRequest(payload);
    if ("code" in request) return this.#unreadable(target, "", request);
    const { eventId, body } = request;
    const { engine, clock } = this.#parts;
    const device = engine.device(target.device);
    if (!device) return this.#refuse(target, eventId, unknownDevice(target));
    const update = parseTwinUpdate(body.twin, device);
    if ("code" in update) {
      return update.readable ? this.#refuse(target, eventId, update) : this.#unreadable(target, eventId, update);
    }

    const { names: _names, ...change } = update;
    const origin = { door: "mqtt", actor: client ?? "mqtt", ...(eventId !== "" && { request: eventId }) } as const;
    const event: TwinEvent = { kind: "change", at: clock.now(), origin, ...change };
    this.#pending.set(event, { update, resultTopic: target.resultTopic, eventId });
    try {
      const outcome = await engine.submit(target.device, event);
      if (outcome.refusals.length > 0) this.#refuse(target, eventId, errorOf(outcome.refusals));
    } catch (error) {
      this.#refuse(target, eventId, failureOf(error, target));
    } finally {
      this.#pending.delete(event);
    }
  }

  /** Tells what an event did, from whatever door it came. */
  applied({ device, event, outcome }: Applied): void {
    if (event.kind !== "change" && event.kind !== "configure") return;
    const pending = this.#pending.get(event);
    if (pending) this.#answer(pending, outcome);
    const { publisher } = this.#parts;
    publisher.document(device, outcome.changes, pending?.eventId);
    publisher.delta(device);
  }

  #answer({ update, resultTopic, eventId }: Pending, outcome: Outcome): void {
    const { bus, clock } = this.#parts;
    if (!bus.hasSubscribers(resultTopic)) return;
    bus.publish(resultTopic, updateResult({ eventId, at: clock.now() }, outcome, update));
  }

  #refuse({ resultTopic }: Target, eventId: string, error: RequestError): void {
    const { bus, clock } = this.#parts;
    bus.publish(resultTopic, errorAnswer({ eventId, at: clock.now() }, error));
  }

  #unreadable(target: Target, eventId: string, error: RequestError): void {
    const { bus, clock } = this.#parts;
    this.#refuse(target, eventId, error);
    bus.publish(unreadableTopic, errorAnswer({ eventId: "", at: clock.now() }, error));
  }
}

/** The answer to a message for a device that the engine does not keep. */
export const unknownDevice = ({ device }: DeviceAddress): RequestError => ({
  code: 404,
  reason: `there is no device ${device}; apply its manifest first, or correct the topic`,
});

const errorOf = (refusals: readonly Refusal[]): RequestError => ({
  code: codes[refusals[0]?.code ?? "VALUE_INVALID"],
  reason: refusals.map(({ message }) => message).join("; "),
});

function failureOf(error: unknown, target: DeviceAddress): RequestError {
  if (!(error instanceof AgentError)) throw error;
  return error.code === "NOT_FOUND" ? unknownDevice(target) : { code: 500, reason: error.message };
}
