import type { Clock, Timer } from "@edgetwin/mapper-sdk";
import type { AppValue } from "../client/app-value.ts";
import type { CovRequest } from "../client/bacnet-library.ts";
import { statusFlagNames } from "../cov/object-state.ts";
import { type Station, stationKey } from "../link/station.ts";
import { showObjectId } from "../names/object-types.ts";
import { propertyIds } from "../names/properties.ts";
import { type Apdu, confirmedServices, encodeApdu, unconfirmedServices } from "../wire/apdu.ts";
import { encodeCovNotification } from "./codec/answers.ts";
import type { EmulatedObject } from "./emulated-object.ts";

/** What subscriptions are made of. */
export interface CovParts {
  readonly clock: Clock;
  readonly instance: number;
  send(apdu: Uint8Array, to: Station, confirmed: boolean): void;
}

/** Somebody who subscribed to an object. */
export interface Subscription {
  readonly to: Station;
  readonly processId: number;
  readonly object: EmulatedObject;
  readonly confirmed: boolean;
  /** On the monotonic clock; infinity for a lifetime of 0, which never ends. */
  readonly endsAt: number;
  told: { readonly value: AppValue; readonly flags: string } | undefined;
  end: Timer | undefined;
  repeat: Timer | undefined;
}

const repeatMs = 3000;
const mostTries = 3;

/** Who subscribed to what, and what they were told last (ASHRAE 135 13.1 and 13.14). */
export class CovSubscriptions {
  /** Notifications that were sent, repetitions included. */
  sent = 0;
  /** Subscriptions that were asked for: new ones and renewals. */
  asked = 0;
  /** Set to lose every notification on its way. */
  isCut = false;
  readonly #parts: CovParts;
  readonly #all = new Map<string, Subscription>();
  readonly #waiting = new Map<string, Subscription>();
  #invokeId = 0;

  constructor(parts: CovParts) {
    this.#parts = parts;
  }

  /** Subscriptions that live. */
  get active(): readonly Subscription[] {
    return [...this.#all.values()];
  }

  /** Takes, renews or cancels one; the first notification follows at once (13.14.2). */
  take({ processId, object: id, wanted }: CovRequest, to: Station, object: EmulatedObject): void {
    const key = `${stationKey(to)} ${processId} ${showObjectId(id)}`;
    this.#drop(key);
    if (!wanted) return;
    this.asked++;
    const { clock } = this.#parts;
    const { confirmed, lifetimeSeconds } = wanted;
    const lifetimeMs = lifetimeSeconds === 0 ? Number.POSITIVE_INFINITY : lifetimeSeconds * 1000;
    const subscription: Subscription = {
      to: { ...to },
      processId,
      object,
      confirmed,
      endsAt: clock.monotonic() + lifetimeMs,
      told: undefined,
      end: Number.isFinite(lifetimeMs) ? clock.after(lifetimeMs, () => this.#drop(key)) : undefined,
      repeat: undefined,
    };
    this.#all.set(key, subscription);
    // After the acknowledgement of the subscription, not before it.
    queueMicrotask(() => this.#all.get(key) === subscription && this.#tell(subscription));
  }

  /** Tells those who have to know of a change. */
  changed(object: EmulatedObject): void {
    for (const subscription of this.#all.values())
      if (subscription.object === object && isNews(subscription)) this.#tell(subscription);
  }

  /** An answer to a confirmed notification. */
  answered(apdu: Apdu, from: Station): void {
    if (!("invokeId" in apdu)) return;
    const key = `${stationKey(from)}#${apdu.invokeId}`;
    this.#waiting.get(key)?.repeat?.[Symbol.dispose]();
    this.#waiting.delete(key);
  }

  /** Forgets all. */
  forget(): void {
    for (const key of [...this.#all.keys()]) this.#drop(key);
    for (const { repeat } of this.#waiting.values()) repeat?.[Symbol.dispose]();
    this.#waiting.clear();
  }

  #drop(key: string): void {
    const found = this.#all.get(key);
    found?.end?.[Symbol.dispose]();
    found?.repeat?.[Symbol.dispose]();
    this.#all.delete(key);
  }

  #tell(subscription: Subscription): void {
    const { object, processId, confirmed, to } = subscription;
    subscription.told = { value: object.value, flags: flagsOf(object) };
    const secondsLeft = Math.max(0, Math.round((subscription.endsAt - this.#parts.clock.monotonic()) / 1000));
    const data = encodeCovNotification({
      processId,
      instance: this.#parts.instance,
      object: object.id,
      secondsLeft: Number.isFinite(secondsLeft) ? secondsLeft : 0,
      values: [propertyIds["present-value"], propertyIds["status-flags"]].map((property) => ({
        property,
        values: object.read(property),
      })),
    });
    if (!confirmed) {
      this.#send(
        encodeApdu({ kind: "unconfirmed-request", service: unconfirmedServices.covNotification, data }),
        to,
        false,
      );
      return;
    }
    this.#invokeId = (this.#invokeId + 1) & 0xff;
    const invokeId = this.#invokeId;
    const service = confirmedServices.covNotification;
    const request = { kind: "confirmed-request", invokeId, service, data, limits: 0x05, takesSegments: false } as const;
    subscription.repeat?.[Symbol.dispose]();
    this.#sendUntilAnswered(encodeApdu(request), subscription, { key: `${stationKey(to)}#${invokeId}`, tries: 0 });
  }

  #sendUntilAnswered(
    apdu: Uint8Array,
    subscription: Subscription,
    at: { readonly key: string; readonly tries: number },
  ): void {
    this.#waiting.set(at.key, subscription);
    subscription.repeat = this.#parts.clock.after(repeatMs, () => {
      this.#waiting.delete(at.key);
      if (at.tries + 1 < mostTries) this.#sendUntilAnswered(apdu, subscription, { ...at, tries: at.tries + 1 });
    });
    this.#send(apdu, subscription.to, true);
  }

  #send(apdu: Uint8Array, to: Station, confirmed: boolean): void {
    this.sent++;
    if (!this.isCut) this.#parts.send(apdu, to, confirmed);
  }
}

const flagsOf = ({ flags }: EmulatedObject): string =>
  statusFlagNames.map((name) => (flags[name] ? "1" : "0")).join("");

/** Analog objects tell of a change by their increment, others of any (13.1, table 13-1). */
function isNews({ object, told }: Subscription): boolean {
  if (!told || told.flags !== flagsOf(object)) return true;
  const [now, before] = [object.value, told.value];
  if (now.tag === "real" && before.tag === "real")
    return Math.abs(now.value - before.value) >= (object.increment ?? 0) && now.value !== before.value;
  return JSON.stringify(now) !== JSON.stringify(before);
}
