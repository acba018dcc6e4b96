/** The choices of services that are spoken here (ASHRAE 135 clause 21). */
export const confirmedServices = {
  covNotification: 1,
  subscribeCov: 5,
  readProperty: 12,
  readPropertyMultiple: 14,
  writeProperty: 15,
} as const;
export const unconfirmedServices = { iAm: 0, covNotification: 2, whoIs: 8 } as const;

/** Place of a part in a message that is too long for one (20.1.2.7). */
export interface SegmentPlace {
  readonly sequence: number;
  readonly window: number;
  readonly moreFollows: boolean;
}

/** One APDU by its kind (clause 20.1). */
export type Apdu =
  | {
      readonly kind: "confirmed-request";
      readonly invokeId: number;
      readonly service: number;
      readonly data: Uint8Array;
      /** The octet of 20.1.2.4 and 20.1.2.5: how many segments of what length the sender takes. */
      readonly limits: number;
      readonly takesSegments: boolean;
      readonly segment?: SegmentPlace;
    }
  | { readonly kind: "unconfirmed-request"; readonly service: number; readonly data: Uint8Array }
  | { readonly kind: "simple-ack"; readonly invokeId: number; readonly service: number }
  | {
      readonly kind: "complex-ack";
      readonly invokeId: number;
      readonly service: number;
      readonly data: Uint8Array;
      readonly segment?: SegmentPlace;
    }
  | {
      readonly kind: "segment-ack";
      readonly invokeId: number;
      readonly sequence: number;
      readonly window: number;
      readonly negative: boolean;
      readonly fromServer: boolean;
    }
  | { readonly kind: "error"; readonly invokeId: number; readonly service: number; readonly data: Uint8Array }
  | { readonly kind: "reject"; readonly invokeId: number; readonly reason: number }
  | { readonly kind: "abort"; readonly invokeId: number; readonly reason: number; readonly fromServer: boolean };

const segmented = 0x08;
const moreFollows = 0x04;

/** The APDU in `bytes`; undefined when it is cut short or of no known type. */
export function decodeApdu(bytes: Uint8Array): Apdu | undefined {
  const [first = 0xff, second = 0, third = 0, fourth = 0] = bytes;
  const isSegment = (first & segmented) !== 0;
  const place = (at: number) =>
    isSegment && {
      segment: {
        sequence: bytes[at] as number,
        window: bytes[at + 1] as number,
        moreFollows: (first & moreFollows) !== 0,
      },
    };
  switch (first >> 4) {
    case 0: {
      const at = isSegment ? 5 : 3;
      if (bytes.length <= at) return undefined;
      const service = bytes[at] as number;
      const data = bytes.subarray(at + 1);
      const takesSegments = (first & 0x02) !== 0;
      return {
        kind: "confirmed-request",
        invokeId: third,
        service,
        data,
        limits: second,
        takesSegments,
        ...place(3),
      };
    }
    case 1:
      if (bytes.length < 2) return undefined;
      return { kind: "unconfirmed-request", service: second, data: bytes.subarray(2) };
    case 2:
      if (bytes.length < 3) return undefined;
      return { kind: "simple-ack", invokeId: second, service: third };
    case 3: {
      const at = isSegment ? 4 : 2;
      if (bytes.length <= at) return undefined;
      const service = bytes[at] as number;
      return { kind: "complex-ack", invokeId: second, service, data: bytes.subarray(at + 1), ...place(2) };
    }
    case 4:
      if (bytes.length < 4) return undefined;
      return {
        kind: "segment-ack",
        invokeId: second,
        sequence: third,
        window: fourth,
        negative: (first & 0x02) !== 0,
        fromServer: (first & 0x01) !== 0,
      };
    case 5:
      if (bytes.length < 3) return undefined;
      return { kind: "error", invokeId: second, service: third, data: bytes.subarray(3) };
    case 6:
      if (bytes.length < 3) return undefined;
      return { kind: "reject", invokeId: second, reason: third };
    case 7:
      if (bytes.length < 3) return undefined;
      return { kind: "abort", invokeId: second, reason: third, fromServer: (first & 0x01) !== 0 };
    default:
      return undefined;
  }
}

/** The bytes of an APDU. */
export function encodeApdu(apdu: Apdu): Uint8Array {
  switch (apdu.kind) {
    case "confirmed-request":
      return Buffer.concat([
        Uint8Array.of(placeBits(apdu.segment) | (apdu.takesSegments ? 0x02 : 0), apdu.limits, apdu.invokeId),
        placeBytes(apdu.segment),
        Uint8Array.of(apdu.service),
        apdu.data,
      ]);
    case "unconfirmed-request":
      return Buffer.concat([Uint8Array.of(0x10, apdu.service), apdu.data]);
    case "simple-ack":
      return Uint8Array.of(0x20, apdu.invokeId, apdu.service);
    case "complex-ack":
      return Buffer.concat([
        Uint8Array.of(0x30 | placeBits(apdu.segment), apdu.invokeId),
        placeBytes(apdu.segment),
        Uint8Array.of(apdu.service),
        apdu.data,
      ]);
    case "segment-ack": {
      const bits = (apdu.negative ? 0x02 : 0) | (apdu.fromServer ? 0x01 : 0);
      return Uint8Array.of(0x40 | bits, apdu.invokeId, apdu.sequence, apdu.window);
    }
    case "error":
      return Buffer.concat([Uint8Array.of(0x50, apdu.invokeId, apdu.service), apdu.data]);
    case "reject":
      return Uint8Array.of(0x60, apdu.invokeId, apdu.reason);
    case "abort":
      return Uint8Array.of(0x70 | (apdu.fromServer ? 0x01 : 0), apdu.invokeId, apdu.reason);
  }
}

const placeBits = (place: SegmentPlace | undefined): number =>
  place ? segmented | (place.moreFollows ? moreFollows : 0) : 0;
const placeBytes = (place: SegmentPlace | undefined): Uint8Array =>
  place ? Uint8Array.of(place.sequence, place.window) : Uint8Array.of();
