import { asBuffer } from "./bvlc.ts";

/** A station on a network behind a router (ASHRAE 135 6.2.2). */
export interface RemoteStation {
  /** 1 to 65534; 65535 is all networks. */
  readonly network: number;
  /** Address on that network; empty for all stations of it. */
  readonly mac: Uint8Array;
}

/** What the network layer carries. */
export interface Npdu {
  readonly apdu: Uint8Array;
  readonly expectingReply: boolean;
  readonly source?: RemoteStation;
  readonly destination?: RemoteStation;
}

/** Bits of the control octet (6.2.2). */
const control = { networkMessage: 0x80, destination: 0x20, source: 0x08, expectingReply: 0x04 } as const;
const version = 1;
const mostHops = 255;

/** What an NPDU carries; undefined when it is damaged, of another version, or a message between routers. */
export function decodeNpdu(npdu: Uint8Array): Npdu | undefined {
  const bytes = asBuffer(npdu);
  if (bytes.length < 3 || bytes[0] !== version) return undefined;
  const bits = bytes[1] as number;
  if (bits & control.networkMessage) return undefined;
  let offset = 2;
  const station = (): RemoteStation | undefined => {
    if (offset + 3 > bytes.length) return undefined;
    const [network, length] = [bytes.readUInt16BE(offset), bytes.readUInt8(offset + 2)];
    offset += 3 + length;
    return offset > bytes.length ? undefined : { network, mac: bytes.subarray(offset - length, offset) };
  };
  const destination = bits & control.destination ? station() : null;
  const source = bits & control.source ? station() : null;
  if (destination === undefined || source === undefined) return undefined;
  if (destination) offset++;
  if (offset >= bytes.length) return undefined;
  return {
    apdu: bytes.subarray(offset),
    expectingReply: (bits & control.expectingReply) !== 0,
    ...(source && { source }),
    ...(destination && { destination }),
  };
}

/** The bytes of an NPDU. */
export function encodeNpdu({ apdu, expectingReply, source, destination }: Npdu): Uint8Array {
  const bits =
    (expectingReply ? control.expectingReply : 0) |
    (destination ? control.destination : 0) |
    (source ? control.source : 0);
  return Buffer.concat([
    Uint8Array.of(version, bits),
    destination ? stationBytes(destination) : Uint8Array.of(),
    source ? stationBytes(source) : Uint8Array.of(),
    destination ? Uint8Array.of(mostHops) : Uint8Array.of(),
    apdu,
  ]);
}

const stationBytes = ({ network, mac }: RemoteStation): Uint8Array =>
  Uint8Array.of(network >> 8, network & 0xff, mac.length, ...mac);
