import type { ObjectId } from "../names/object-types.ts";
import type { BacnetRefusal } from "../names/refusals.ts";
import type { UdpAddress } from "../wire/udp-address.ts";
import type { AppValue } from "./app-value.ts";

/** A property of an object, or one element of it. */
export interface PropertyPlace {
  readonly object: ObjectId;
  readonly property: number;
  /** 0 is the length of an array; without it the whole property. */
  readonly index?: number;
}

/** What to write where. */
export interface PropertyWrite extends PropertyPlace {
  readonly value: AppValue;
  /** 1 to 16, for commandable properties (ASHRAE 135 19.2). */
  readonly priority?: number;
}

/** A subscription to an object (13.14). */
export interface CovRequest {
  readonly processId: number;
  readonly object: ObjectId;
  /** Missing to cancel it. */
  readonly wanted?: { readonly confirmed: boolean; readonly lifetimeSeconds: number };
}

/** Values of one property, or why there are none. */
export type PropertyResult = readonly AppValue[] | BacnetRefusal;

/** The services that a device is asked for. All reject as the exchange they are made with does. */
export interface BacnetServices {
  readProperty(place: PropertyPlace): Promise<readonly AppValue[]>;
  /** One result for each of `places`, in their order; one that the device left out is undefined. */
  readPropertyMultiple(places: readonly PropertyPlace[]): Promise<readonly (PropertyResult | undefined)[]>;
  writeProperty(write: PropertyWrite): Promise<void>;
  subscribeCov(request: CovRequest): Promise<void>;
}

/** A device that said that it is there (16.10). */
export interface IAm {
  readonly instance: number;
  readonly maxApdu: number;
  /** BACnetSegmentation: 0 both, 1 transmit, 2 receive, 3 none. */
  readonly segmentation: number;
  readonly vendor: number;
}

/** What an object has become (13.1). */
export interface CovNotification {
  readonly processId: number;
  readonly instance: number;
  readonly object: ObjectId;
  readonly secondsLeft: number;
  readonly values: ReadonlyMap<number, readonly AppValue[]>;
}

/** What devices say without being asked. */
export interface Announcements {
  iAm(iAm: IAm): void;
  cov(notification: CovNotification): void;
}

/** Sends the APDU of a request and resolves with that of its answer, whole and with the same invoke id. */
export type Exchange = (request: Uint8Array) => Promise<Uint8Array>;

/**
 * What is wanted of a BACnet library: to encode requests and to decode what devices say. Sockets, addresses, time,
 * repetition, segments and matching answers are ours.
 */
export interface BacnetLibrary {
  readonly name: LibraryName;
  services(exchange: Exchange): BacnetServices;
  /** The APDU of a Who-Is for the instances from `low` to `high`. */
  whoIs(low: number, high: number): Uint8Array;
  /** Decodes an unconfirmed request or a confirmed notification; what it does not understand is dropped. */
  hear(apdu: Uint8Array, from: UdpAddress, announcements: Announcements): void;
}

export const libraryNames = ["bacnet-js", "bacstack"] as const;
export type LibraryName = (typeof libraryNames)[number];
