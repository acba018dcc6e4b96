/** Error codes of the ATT protocol and what to do about them (Core 5.4, volume 3, part F 3.4.1.1). */
const codes: Readonly<Record<number, string>> = {
  1: "it has no such handle; its attributes have changed",
  2: "it cannot be read",
  3: "it cannot be written",
  5: "the device wants to be paired first",
  6: "the device does not know this request",
  7: "the offset is beyond the value",
  8: "the device allows it to others only",
  10: "the device has no such attribute",
  11: "the value is not long",
  12: "the key of the encrypted link is too short",
  13: "the device does not take a value of this length",
  14: "the device could not do it",
  15: "the device wants an encrypted link",
  16: "the device does not group by this",
  17: "the device is short of memory",
  19: "the device does not take this value",
  252: "the device refuses to be written",
  253: "the device wants to be subscribed to first",
  254: "the device is busy with it",
  255: "the value is out of the range that the device takes",
};

/** Codes that stand for a missing encryption: the library pairs then, and asks again. */
export const wantsPairing = (code: number): boolean => code === 0x05 || code === 0x08 || code === 0x0f;

/** A device refused a request. */
export class AttError extends Error {
  override readonly name = "AttError";
  readonly code: number;

  constructor(code: number) {
    const meaning = codes[code] ?? (code >= 0x80 && code <= 0x9f ? "the device says why in its own code" : "no reason");
    super(`refused with ATT error 0x${code.toString(16).padStart(2, "0")}: ${meaning}`);
    this.code = code;
  }
}
