import { type Clock, didYouMean } from "@edgetwin/mapper-sdk";
import { AgentError } from "../errors.ts";
import type { TwinEngine } from "../twin/engine.ts";
import type { Health, HealthState } from "../twin/types.ts";
import { answer, errorAnswer } from "./answers.ts";
import type { Bus, BusMessage } from "./bus.ts";
import { deviceTopic, nameOf, parseDeviceTopic } from "./device-topics.ts";
import { bad, kindOf, parseRequest, type RequestError } from "./request.ts";
import { rfc3339 } from "./rfc3339.ts";
import { unknownDevice } from "./update-requests.ts";

const states: readonly HealthState[] = ["online", "ok", "offline", "unhealthy", "unknown"];

interface StateParts {
  readonly bus: Bus;
  readonly engine: TwinEngine;
  readonly clock: Clock;
}

/** Answers `state/update`: a mapper's word on whether its device is there. KubeEdge is silent about a wrong one; we are not. */
export class StateRequests {
  readonly #parts: StateParts;

  constructor(parts: StateParts) {
    this.#parts = parts;
  }

  /** Resolves when the state is stored and answered, or refused and answered. */
  async handle({ topic, payload, client }: BusMessage): Promise<void> {
    const address = parseDeviceTopic(topic, "state/update");
    if (!address) return;
    const { bus, engine, clock } = this.#parts;
    const answerTopic = deviceTopic(address.form, "state/update/result");
    const request = parseRequest(payload);
    const eventId = "code" in request ? "" : request.eventId;
    const refuse = (error: RequestError) => bus.publish(answerTopic, errorAnswer({ eventId, at: clock.now() }, error));
    if ("code" in request) return refuse(request);
    const state = readState(request.body.state);
    if (typeof state !== "string") return refuse(state);
    if (!engine.device(address.device)) return refuse(unknownDevice(address));
    const origin = { door: "mqtt", actor: client ?? "mqtt", ...(eventId !== "" && { request: eventId }) } as const;
    try {
      await engine.submit(address.device, { kind: "health", at: clock.now(), origin, state });
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      return refuse({ code: error.code === "NOT_FOUND" ? 404 : 500, reason: error.message });
    }
    if (!bus.hasSubscribers(answerTopic)) return;
    const lastOnline = lastOnlineOf(engine.device(address.device)?.health);
    // `last_online` is the word of v1.x, `lastOnlineTime` that of v1.17 and later.
    const device = {
      name: nameOf(address.device),
      state,
      ...(lastOnline && { last_online: lastOnline, lastOnlineTime: lastOnline }),
    };
    bus.publish(answerTopic, answer({ eventId, at: clock.now() }, { device }));
  }
}

/** Last time a device was online, for messages. */
export const lastOnlineOf = (health: Health | undefined): string | undefined =>
  health?.lastOnlineAt === undefined ? undefined : rfc3339(health.lastOnlineAt);

function readState(given: unknown): HealthState | RequestError {
  if (typeof given !== "string") return bad(`state must be one of ${states.join(", ")}, not ${kindOf(given)}`);
  const state = states.find((known) => known === given.toLowerCase());
  return state ?? bad(`state ${kindOf(given)} is none of ${states.join(", ")}${didYouMean(given, states)}`);
}
