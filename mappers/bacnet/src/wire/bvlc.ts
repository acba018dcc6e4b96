import type { UdpAddress } from "./udp-address.ts";

/** First byte of every BACnet/IP message (ASHRAE 135 Annex J.2). */
const typeBacnetIp = 0x81;

/** The functions of Annex J.2 that are spoken here. */
export const bvlcFunctions = {
  result: 0x00,
  forwardedNpdu: 0x04,
  registerForeignDevice: 0x05,
  distributeBroadcast: 0x09,
  unicastNpdu: 0x0a,
  broadcastNpdu: 0x0b,
} as const;

/** A message of the virtual link layer. */
export type Bvlc =
  | { readonly kind: "unicast" | "broadcast" | "distribute"; readonly npdu: Uint8Array }
  /** Passed on by a BBMD; `origin` is who sent it. */
  | { readonly kind: "forwarded"; readonly npdu: Uint8Array; readonly origin: UdpAddress }
  | { readonly kind: "register"; readonly ttlSeconds: number }
  /** 0 is success (J.2.1). */
  | { readonly kind: "result"; readonly code: number };

/** The message in a datagram; undefined when it is none, or one that is of no interest here. */
export function decodeBvlc(datagram: Uint8Array): Bvlc | undefined {
  const bytes = asBuffer(datagram);
  if (bytes.length < 4 || bytes[0] !== typeBacnetIp || bytes.readUInt16BE(2) !== bytes.length) return undefined;
  const body = bytes.subarray(4);
  switch (bytes[1]) {
    case bvlcFunctions.unicastNpdu:
      return { kind: "unicast", npdu: body };
    case bvlcFunctions.broadcastNpdu:
      return { kind: "broadcast", npdu: body };
    case bvlcFunctions.distributeBroadcast:
      return { kind: "distribute", npdu: body };
    case bvlcFunctions.forwardedNpdu: {
      if (body.length < 6) return undefined;
      const origin = `${[...body.subarray(0, 4)].join(".")}:${body.readUInt16BE(4)}`;
      return { kind: "forwarded", origin, npdu: body.subarray(6) };
    }
    case bvlcFunctions.registerForeignDevice:
      return body.length === 2 ? { kind: "register", ttlSeconds: body.readUInt16BE(0) } : undefined;
    case bvlcFunctions.result:
      return body.length === 2 ? { kind: "result", code: body.readUInt16BE(0) } : undefined;
    default:
      return undefined;
  }
}

/** The datagram for a message. */
export function encodeBvlc(message: Bvlc): Uint8Array {
  switch (message.kind) {
    case "unicast":
      return framed(bvlcFunctions.unicastNpdu, message.npdu);
    case "broadcast":
      return framed(bvlcFunctions.broadcastNpdu, message.npdu);
    case "distribute":
      return framed(bvlcFunctions.distributeBroadcast, message.npdu);
    case "forwarded": {
      const [host = "", port] = message.origin.split(":");
      const origin = [...host.split(".").map(Number), Number(port) >> 8, Number(port) & 0xff];
      return framed(bvlcFunctions.forwardedNpdu, Buffer.concat([Buffer.from(origin), message.npdu]));
    }
    case "register":
      return framed(bvlcFunctions.registerForeignDevice, twoBytes(message.ttlSeconds));
    case "result":
      return framed(bvlcFunctions.result, twoBytes(message.code));
  }
}

function framed(func: number, body: Uint8Array): Uint8Array {
  const length = body.length + 4;
  const bytes = Buffer.allocUnsafe(length);
  bytes.writeUInt8(typeBacnetIp, 0);
  bytes.writeUInt8(func, 1);
  bytes.writeUInt16BE(length, 2);
  bytes.set(body, 4);
  return bytes;
}

const twoBytes = (value: number): Uint8Array => Uint8Array.of((value >> 8) & 0xff, value & 0xff);

/** The same bytes with the methods of a Buffer. */
export const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
