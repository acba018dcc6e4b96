import { type Clock, systemClock, type Timer } from "@edgetwin/mapper-sdk";
import type { AppValue } from "../client/app-value.ts";
import type { CovRequest, PropertyPlace } from "../client/bacnet-library.ts";
import type { Station } from "../link/station.ts";
import { stationKey } from "../link/station.ts";
import { type ObjectId, showObjectId } from "../names/object-types.ts";
import { propertyIds } from "../names/properties.ts";
import { rejectReasons } from "../names/refusals.ts";
import { type Apdu, confirmedServices, decodeApdu, encodeApdu, unconfirmedServices } from "../wire/apdu.ts";
import { encodeError, encodeIAm, encodeReadProperty, encodeReadPropertyMultiple } from "./codec/answers.ts";
import {
  decodeReadProperty,
  decodeReadPropertyMultiple,
  decodeSubscribeCov,
  decodeWriteProperty,
  isAskedFor,
} from "./codec/requests.ts";
import { CovSubscriptions } from "./cov-subscriptions.ts";
import type { DeviceFaults, Refusal } from "./device-faults.ts";
import type { EmulatedObject } from "./emulated-object.ts";
import { SegmentSender } from "./segment-sender.ts";
import { ServiceError } from "./service-error.ts";

/** How a device of the emulator is made. */
export interface EmulatedDeviceOptions {
  readonly instance: number;
  readonly name: string;
  readonly vendor?: string;
  readonly model?: string;
  readonly objects: readonly EmulatedObject[];
  /** Max_APDU_Length_Accepted; default 1476. */
  readonly maxApdu?: number;
  /** Default true: long answers are sent in segments. */
  readonly segments?: boolean;
  /** Default true. */
  readonly readsMultiple?: boolean;
  /** Default `"both"`: which subscriptions it takes. */
  readonly cov?: "both" | "unconfirmed" | "none";
  readonly clock?: Clock;
}

/** Where a device sends what it says. */
export interface Outlet {
  send(apdu: Uint8Array, to: Station, expectingReply: boolean): void;
  /** To everybody, where the device is. */
  broadcast(apdu: Uint8Array): void;
}

/** Vendor numbers are given by ASHRAE; this one is for tests. */
const vendorNumber = 555;
const windowSize = 4;
const segmentTimeoutMs = 1000;
const abortSegmentation = 4;
const abortTooLong = 11;

/** Octets that the values of 20.1.2.5 stand for. */
const lengths: readonly number[] = [50, 128, 206, 480, 1024, 1476];
/** Segments that the values of 20.1.2.4 stand for; 0 is unspecified. */
const counts: readonly number[] = [2, 2, 4, 8, 16, 32, 64, Number.POSITIVE_INFINITY];

/** A BACnet device made of memory, written from ASHRAE 135: what it hears and says are APDUs. */
export class EmulatedDevice {
  readonly instance: number;
  readonly objects: ReadonlyMap<string, EmulatedObject>;
  readonly faults: DeviceFaults = {};
  readonly cov: CovSubscriptions;
  /** Confirmed requests that it got, by service. */
  readonly requests: number[] = [];
  readonly #options: Required<Omit<EmulatedDeviceOptions, "objects" | "instance">>;
  readonly #sending = new Map<string, SegmentSender>();
  readonly #self: ObjectId;
  #outlet: Outlet | undefined;
  #lateness: Timer | undefined;

  constructor(options: EmulatedDeviceOptions) {
    const { instance, objects } = options;
    this.#options = {
      vendor: "Edgetwin",
      model: "emulator",
      maxApdu: 1476,
      segments: true,
      readsMultiple: true,
      cov: "both",
      clock: systemClock,
      ...options,
    };
    this.instance = instance;
    this.#self = { type: 8, instance };
    this.objects = new Map(objects.map((object) => [showObjectId(object.id), object]));
    this.cov = new CovSubscriptions({
      clock: this.#options.clock,
      instance,
      send: (apdu, to, confirmed) => this.#say(apdu, to, confirmed),
    });
    for (const object of objects) object.onChange(() => this.cov.changed(object));
  }

  /** Object by its name in visitors, e.g. `"analog-input:1"`. */
  object(name: string): EmulatedObject {
    const found = this.objects.get(name);
    if (!found) throw new TypeError(`device ${this.instance} has no ${name}`);
    return found;
  }

  /** Puts it on a network. */
  plug(outlet: Outlet): void {
    this.#outlet = outlet;
  }

  /** Power off and on again: subscriptions and commands are forgotten; it says that it is there unless `quietly`. */
  restart({ quietly = false }: { readonly quietly?: boolean } = {}): void {
    this.cov.forget();
    for (const sender of this.#sending.values()) sender.stop();
    this.#sending.clear();
    for (const object of this.objects.values()) object.restart();
    if (!quietly) this.#outlet?.broadcast(this.#iAm());
  }

  /** Ends its timers. */
  dispose(): void {
    this.cov.forget();
    this.#lateness?.[Symbol.dispose]();
    for (const sender of this.#sending.values()) sender.stop();
  }

  /** Takes an APDU that is for it, or for everybody. */
  receive(bytes: Uint8Array, from: Station): void {
    const apdu = decodeApdu(bytes);
    if (!apdu || this.faults.isSilent) return;
    if (apdu.kind === "unconfirmed-request") this.#asked(apdu, from);
    else if (apdu.kind === "confirmed-request") this.#serve(apdu, from);
    else if (apdu.kind === "segment-ack") this.#sending.get(`${stationKey(from)}#${apdu.invokeId}`)?.take(apdu);
    else this.cov.answered(apdu, from);
  }

  #asked({ service, data }: Apdu & { kind: "unconfirmed-request" }, from: Station): void {
    if (service !== unconfirmedServices.whoIs || !isAskedFor(data, this.instance)) return;
    if (this.faults.answersWhoIsTo === "all") this.#outlet?.broadcast(this.#iAm());
    else this.#say(this.#iAm(), from, false);
  }

  #serve(request: Apdu & { kind: "confirmed-request" }, from: Station): void {
    const { invokeId, service } = request;
    this.requests.push(service);
    const refusal = this.faults.refuse?.(service);
    if (refusal) return this.#say(encodeApdu(refusedWith(refusal, { invokeId, service })), from, false);
    try {
      const data = this.#answer(request, from);
      if (data === undefined) this.#say(encodeApdu({ kind: "simple-ack", invokeId, service }), from, false);
      else this.#sayLong({ kind: "complex-ack", invokeId, service, data }, request, from);
    } catch (error) {
      if (error instanceof ServiceError)
        this.#say(encodeApdu({ kind: "error", invokeId, service, data: encodeError(error) }), from, false);
      else if (error instanceof Rejected)
        this.#say(encodeApdu({ kind: "reject", invokeId, reason: error.reason }), from, false);
      else throw error;
    }
  }

  /** Data of the ComplexACK; undefined for a SimpleACK. */
  #answer({ service, data }: Apdu & { kind: "confirmed-request" }, from: Station): Uint8Array | undefined {
    switch (service) {
      case confirmedServices.readProperty: {
        const place = sound(decodeReadProperty(data));
        return encodeReadProperty(place, this.#read(place));
      }
      case confirmedServices.readPropertyMultiple: {
        if (!this.#options.readsMultiple) throw new Rejected(rejectReasons.unrecognizedService);
        const places = sound(decodeReadPropertyMultiple(data));
        return encodeReadPropertyMultiple(places.map((place) => ({ place, outcome: this.#tryRead(place) })));
      }
      case confirmedServices.writeProperty: {
        const { object, property, value, priority } = sound(decodeWriteProperty(data));
        this.#object(object).write(property, value, priority);
        return undefined;
      }
      case confirmedServices.subscribeCov:
        return this.#subscribe(sound(decodeSubscribeCov(data)), from);
      default:
        throw new Rejected(rejectReasons.unrecognizedService);
    }
  }

  #subscribe(request: CovRequest, from: Station): undefined {
    const { cov } = this.#options;
    if (cov === "none") throw new Rejected(rejectReasons.unrecognizedService);
    if (cov === "unconfirmed" && request.wanted?.confirmed) throw new ServiceError("optionalFunctionality");
    this.cov.take(request, from, this.#object(request.object));
  }

  #tryRead(place: PropertyPlace): readonly AppValue[] | ServiceError {
    try {
      return this.#read(place);
    } catch (error) {
      if (error instanceof ServiceError) return error;
      throw error;
    }
  }

  #read({ object, property, index }: PropertyPlace): readonly AppValue[] {
    if (object.type === 8 && (object.instance === this.instance || object.instance === 4_194_303))
      return this.#readSelf(property, index);
    return this.#object(object).read(property, index);
  }

  #object(id: ObjectId): EmulatedObject {
    const found = this.objects.get(showObjectId(id));
    if (!found) throw new ServiceError("unknownObject");
    return found;
  }

  #readSelf(property: number, index: number | undefined): readonly AppValue[] {
    const { name, vendor, model, maxApdu, segments } = this.#options;
    const text = (value: string): AppValue => ({ tag: "character-string", value });
    const list = [this.#self, ...[...this.objects.values()].map(({ id }) => id)];
    const single: Readonly<Record<number, AppValue>> = {
      [propertyIds["object-identifier"]]: { tag: "object-id", value: this.#self },
      [propertyIds["object-name"]]: text(name),
      [propertyIds["object-type"]]: { tag: "enumerated", value: 8 },
      [propertyIds["vendor-name"]]: text(vendor),
      [propertyIds["vendor-identifier"]]: { tag: "unsigned", value: vendorNumber },
      [propertyIds["model-name"]]: text(model),
      [propertyIds["max-apdu-length-accepted"]]: { tag: "unsigned", value: maxApdu },
      [propertyIds["segmentation-supported"]]: { tag: "enumerated", value: segments ? 0 : 3 },
    };
    if (property === propertyIds["object-list"]) {
      const ids = list.map((value): AppValue => ({ tag: "object-id", value }));
      if (index === undefined) return ids;
      if (index === 0) return [{ tag: "unsigned", value: ids.length }];
      const element = ids[index - 1];
      if (!element) throw new ServiceError("invalidArrayIndex");
      return [element];
    }
    const found = single[property];
    if (!found) throw new ServiceError("unknownProperty");
    if (index !== undefined) throw new ServiceError("notAnArray");
    return [found];
  }

  #sayLong(answer: Apdu & { kind: "complex-ack" }, request: Apdu & { kind: "confirmed-request" }, to: Station): void {
    const whole = encodeApdu(answer);
    const apduLength = Math.min(this.#options.maxApdu, lengths[request.limits & 0x0f] ?? 50);
    if (whole.length <= apduLength) return this.#say(whole, to, false);
    const { invokeId } = answer;
    const abort = (reason: number) =>
      this.#say(encodeApdu({ kind: "abort", invokeId, reason, fromServer: true }), to, false);
    if (!this.#options.segments || !request.takesSegments) return abort(abortSegmentation);
    const key = `${stationKey(to)}#${invokeId}`;
    this.#sending.get(key)?.stop();
    const sender = new SegmentSender(answer, {
      clock: this.#options.clock,
      apduLength,
      window: windowSize,
      timeoutMs: segmentTimeoutMs,
      send: (apdu) => this.#say(apdu, to, false),
      over: () => void this.#sending.delete(key),
    });
    if (sender.count > (counts[(request.limits >> 4) & 0x07] ?? 2)) return abort(abortTooLong);
    this.#sending.set(key, sender);
    sender.begin();
  }

  #iAm(): Uint8Array {
    const { maxApdu, segments } = this.#options;
    const data = encodeIAm({ instance: this.instance, maxApdu, segmentation: segments ? 0 : 3, vendor: vendorNumber });
    return encodeApdu({ kind: "unconfirmed-request", service: unconfirmedServices.iAm, data });
  }

  /** Sends through the faults that the device has. */
  #say(apdu: Uint8Array, to: Station, expectingReply: boolean): void {
    const { faults } = this;
    if (faults.isSilent || faults.lose?.(apdu)) return;
    const said = faults.garble?.(apdu) ?? apdu;
    const send = () => this.#outlet?.send(said, to, expectingReply);
    for (let copies = faults.copies ?? 1; copies > 0; copies--) {
      if (faults.latencyMs) this.#lateness = this.#options.clock.after(faults.latencyMs, send);
      else send();
    }
  }
}

/** A request that makes no sense. */
class Rejected extends Error {
  readonly reason: number;

  constructor(reason: number) {
    super(`reject ${reason}`);
    this.reason = reason;
  }
}

const invalidTag = 4;

function sound<T>(decoded: T | undefined): T {
  if (decoded === undefined) throw new Rejected(invalidTag);
  return decoded;
}

function refusedWith(
  refusal: Refusal,
  { invokeId, service }: { readonly invokeId: number; readonly service: number },
): Apdu {
  if (refusal.kind === "error") return { kind: "error", invokeId, service, data: encodeError(refusal) };
  const { kind, reason } = refusal;
  return kind === "reject" ? { kind, invokeId, reason } : { kind, invokeId, reason, fromServer: true };
}
