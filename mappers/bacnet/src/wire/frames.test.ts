import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Apdu, decodeApdu, encodeApdu } from "./apdu.ts";
import { type Bvlc, decodeBvlc, encodeBvlc } from "./bvlc.ts";
import { decodeNpdu, encodeNpdu, type Npdu } from "./npdu.ts";
import { areWellFormed } from "./tags.ts";
import { udpAddress } from "./udp-address.ts";

const byte = fc.integer({ min: 0, max: 255 });
const bytes = (minLength = 0) => fc.uint8Array({ minLength, maxLength: 40 });
const flag = fc.boolean();
const segment = fc.option(fc.record({ sequence: byte, window: byte, moreFollows: flag }), { nil: undefined });

/** With bytes as hexadecimal text, whatever kind of array they are in, and without what is undefined. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]) => (part === undefined ? [] : [[key, plain(part)]])),
  );
}

const apdus = fc.oneof(
  fc.record({
    kind: fc.constant("confirmed-request" as const),
    invokeId: byte,
    service: byte,
    data: bytes(),
    limits: byte,
    takesSegments: flag,
    segment,
  }),
  fc.record({ kind: fc.constant("unconfirmed-request" as const), service: byte, data: bytes() }),
  fc.record({ kind: fc.constant("simple-ack" as const), invokeId: byte, service: byte }),
  fc.record({
    kind: fc.constant("complex-ack" as const),
    invokeId: byte,
    service: byte,
    data: bytes(),
    segment,
  }),
  fc.record({
    kind: fc.constant("segment-ack" as const),
    invokeId: byte,
    sequence: byte,
    window: byte,
    negative: flag,
    fromServer: flag,
  }),
  fc.record({ kind: fc.constant("error" as const), invokeId: byte, service: byte, data: bytes() }),
  fc.record({ kind: fc.constant("reject" as const), invokeId: byte, reason: byte }),
  fc.record({ kind: fc.constant("abort" as const), invokeId: byte, reason: byte, fromServer: flag }),
);

test("every APDU is read as it was written", () => {
  fc.assert(fc.property(apdus, (apdu) => assert.deepEqual(plain(decodeApdu(encodeApdu(apdu as Apdu))), plain(apdu))));
});

const network = fc.integer({ min: 1, max: 0xffff });
const station = fc.record({ network, mac: fc.uint8Array({ maxLength: 7 }) });

test("every NPDU is read as it was written", () => {
  const npdus = fc.record(
    { apdu: bytes(1), expectingReply: flag, source: station, destination: station },
    { requiredKeys: ["apdu", "expectingReply"] },
  );
  fc.assert(fc.property(npdus, (npdu) => assert.deepEqual(plain(decodeNpdu(encodeNpdu(npdu as Npdu))), plain(npdu))));
});

test("every message of the link layer is read as it was written", () => {
  const two = fc.integer({ min: 0, max: 0xffff });
  const origin = fc.tuple(byte, byte, byte, byte, two).map(([a, b, c, d, port]) => `${a}.${b}.${c}.${d}:${port}`);
  const messages: fc.Arbitrary<Bvlc> = fc.oneof(
    fc.record({
      kind: fc.constantFrom("unicast" as const, "broadcast" as const, "distribute" as const),
      npdu: bytes(),
    }),
    fc.record({ kind: fc.constant("forwarded" as const), npdu: bytes(), origin }),
    fc.record({ kind: fc.constant("register" as const), ttlSeconds: two }),
    fc.record({ kind: fc.constant("result" as const), code: two }),
  );
  fc.assert(
    fc.property(messages, (message) => assert.deepEqual(plain(decodeBvlc(encodeBvlc(message))), plain(message))),
  );
});

test("no bytes make a decoder throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (raw) => {
      decodeBvlc(raw);
      decodeNpdu(raw);
      decodeApdu(raw);
      areWellFormed(raw);
    }),
    { numRuns: 2000 },
  );
});

test("a request of the standard's examples is read as it is meant", () => {
  // ReadProperty of the present value of analog-input 5 under invoke id 1 (ASHRAE 135 annex F.3.5).
  const request = Buffer.from("0000010c0c000000051955", "hex");
  assert.deepEqual(plain(decodeApdu(request)), {
    kind: "confirmed-request",
    invokeId: 1,
    service: 12,
    data: "0c000000051955",
    limits: 0,
    takesSegments: false,
  });
});

test("addresses are read as people write them, and nothing else is", () => {
  assert.equal(udpAddress("192.168.1.20"), "192.168.1.20:47808");
  assert.equal(udpAddress(" 10.0.0.1:47809 "), "10.0.0.1:47809");
  for (const text of ["", "10.0.0", "10.0.0.256", "10.0.0.1:70000", "host", "::1", "10.0.0.1:"])
    assert.equal(udpAddress(text), undefined, text);
});
