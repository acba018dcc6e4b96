import { HalError } from "@edgetwin/mapper-sdk";
import { crc8Sensirion, crc8Smbus } from "@edgetwin/mapper-sdk/codecs";

/** How the chip protects the bytes of a register. */
export type CheckCode = "none" | "sensirion" | "smbus";

/** Bytes on the wire for `length` bytes of a value. Sensirion puts a check after each word (SHT3x data sheet 4.12). */
export const protectedLength = (code: CheckCode, length: number): number =>
  code === "sensirion" ? (length / 2) * 3 : code === "smbus" ? length + 1 : length;

/** What else a packet error code covers (SMBus 3.0, 6.4.1.1): the addresses and the register. */
export interface Packet {
  readonly address: number;
  readonly prefix: readonly number[];
}

/**
 * The bytes of a value out of those from the wire.
 * @throws HalError `"other"` when a check does not fit: a disturbed wire, or a wrong `crc` in the visitor.
 */
export function checked(code: CheckCode, raw: Uint8Array, { address, prefix }: Packet): Uint8Array {
  if (code === "none") return raw;
  if (code === "smbus") {
    const value = raw.subarray(0, -1);
    const covered = prefix.length > 0 ? [address << 1, ...prefix, (address << 1) | 1] : [(address << 1) | 1];
    if (crc8Smbus(Uint8Array.of(...covered, ...value)) !== raw.at(-1)) throw mismatch(code, raw);
    return value;
  }
  const value = new Uint8Array((raw.length / 3) * 2);
  for (let word = 0; word * 3 < raw.length; word++) {
    const bytes = raw.subarray(word * 3, word * 3 + 2);
    if (crc8Sensirion(bytes) !== raw[word * 3 + 2]) throw mismatch(code, raw);
    value.set(bytes, word * 2);
  }
  return value;
}

/** The bytes for the wire of those of a value. */
export function withCheck(code: CheckCode, value: Uint8Array, { address, prefix }: Packet): Uint8Array {
  if (code === "none") return value;
  if (code === "smbus") return Uint8Array.of(...value, crc8Smbus(Uint8Array.of(address << 1, ...prefix, ...value)));
  const raw: number[] = [];
  for (let at = 0; at < value.length; at += 2) {
    const word = value.subarray(at, at + 2);
    raw.push(...word, crc8Sensirion(word));
  }
  return Uint8Array.from(raw);
}

const mismatch = (code: CheckCode, raw: Uint8Array) =>
  new HalError(
    "other",
    `the ${code} checksum of ${Buffer.from(raw).toString("hex")} does not fit; a disturbed wire, or another crc`,
  );
