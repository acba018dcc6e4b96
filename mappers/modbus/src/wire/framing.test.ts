import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Framing } from "./framing.ts";
import { MbapFraming } from "./mbap.ts";
import { RtuFraming, withCrc } from "./rtu.ts";

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
/** Unit 17, three holding registers from 107 on (Modbus application protocol 6.3), and an answer to it. */
const request = hex("11 03 006b 0003");
const answer = hex("11 03 06 022b 0000 0064");

/** Feeds `bytes` in the given pieces; the first answer that comes out. */
function receive(framing: Framing, pieces: readonly Uint8Array[]): Uint8Array | undefined {
  for (const piece of pieces) {
    const found = framing.receive(piece);
    if (found) return found;
  }
  return undefined;
}

const cut = (bytes: Uint8Array, at: readonly number[]): Uint8Array[] => {
  const ends = [...new Set(at.map((index) => index % bytes.length))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end));
};

describe("RTU frames", () => {
  test("carry the checksum of the serial line guide, low byte first", () => {
    assert.deepEqual(Uint8Array.from(withCrc(hex("02 07"))), hex("02 07 4112")); // Modbus over serial line, appendix B
    assert.deepEqual(Uint8Array.from(new RtuFraming().request(request)), hex("11 03 006b 0003 7687"));
  });

  test("an answer is found in whatever pieces it comes, behind whatever noise", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), fc.array(fc.nat(50), { maxLength: 6 }), (noise, at) => {
        const framing = new RtuFraming();
        framing.request(request);
        const pieces = cut(Uint8Array.from([...noise, ...withCrc(answer)]), at);
        assert.deepEqual(receive(framing, pieces), answer);
      }),
    );
  });

  test("noise alone is no answer, and an exception is one", () => {
    const framing = new RtuFraming();
    framing.request(request);
    assert.equal(framing.receive(new Uint8Array(300).fill(0x11)), undefined);
    assert.deepEqual(framing.receive(withCrc(hex("11 83 02"))), hex("11 83 02"));
  });

  const foreign: Readonly<Record<string, Uint8Array>> = {
    "from another unit": hex("12 03 06 022b 0000 0064"),
    "of another function": hex("11 04 06 022b 0000 0064"),
    "of another length": hex("11 03 04 022b 0000"),
  };
  for (const [what, adu] of Object.entries(foreign)) {
    test(`an answer ${what} is not taken`, () => {
      const framing = new RtuFraming();
      framing.request(request);
      assert.equal(framing.receive(withCrc(adu)), undefined);
      assert.deepEqual(framing.receive(withCrc(answer)), answer);
    });
  }

  const lengths: readonly (readonly [request: string, answer: string])[] = [
    ["01 01 0000 0009", "01 01 02 ff01"],
    ["01 05 0001 ff00", "01 05 0001 ff00"],
    ["01 0f 0000 0001 01 01", "01 0f 0000 0001"],
    ["01 10 0000 0001 02 0005", "01 10 0000 0001"],
    ["01 11", "01 11 04 2a ff 6f6b"],
    ["01 16 0004 00f2 0025", "01 16 0004 00f2 0025"],
    ["01 17 0003 0001 000e 0001 02 00ff", "01 17 02 00fe"],
    ["01 2b 0e 01 00", "01 2b 0e 01 01 00 00 02 00 03 414243 01 01 44"],
  ];
  for (const [asked, said] of lengths) {
    test(`the end of ${said.slice(0, 5)} is known`, () => {
      const framing = new RtuFraming();
      framing.request(hex(asked));
      const frame = withCrc(hex(said));
      assert.equal(framing.receive(frame.subarray(0, -1)), undefined);
      assert.deepEqual(framing.receive(frame.subarray(-1)), hex(said));
    });
  }
});

describe("Modbus TCP frames", () => {
  const reply = (transaction: number, adu: Uint8Array): Uint8Array =>
    Uint8Array.of(transaction >> 8, transaction & 0xff, 0, 0, 0, adu.length, ...adu);

  test("have a header, and a transaction of their own", () => {
    const framing = new MbapFraming();
    assert.deepEqual(Uint8Array.from(framing.request(request)), hex("0001 0000 0006 11 03 006b 0003"));
    assert.deepEqual(Uint8Array.from(framing.request(request)), hex("0002 0000 0006 11 03 006b 0003"));
  });

  test("an answer is found in whatever pieces it comes, late ones before it are dropped", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { maxLength: 6 }), (at) => {
        const framing = new MbapFraming();
        framing.request(request);
        framing.request(request);
        const pieces = cut(Uint8Array.from([...reply(1, hex("11 83 02")), ...reply(2, answer)]), at);
        assert.deepEqual(receive(framing, pieces), answer);
      }),
    );
  });

  test("what is no header ends the connection", () => {
    for (const bytes of ["4854 5450 2f31 2e31", "0001 0000 ffff", "0001 0000 0001"])
      assert.throws(() => new MbapFraming().receive(hex(bytes)), /does not speak Modbus TCP/);
  });
});
