import type { Adu } from "./wire.ts";

/** Function codes (Modbus application protocol 5.1). */
export const functions = {
  readCoils: 1,
  readDiscreteInputs: 2,
  readHoldingRegisters: 3,
  readInputRegisters: 4,
  writeSingleCoil: 5,
  writeSingleRegister: 6,
  writeMultipleCoils: 15,
  writeMultipleRegisters: 16,
  reportServerId: 17,
  maskWriteRegister: 22,
  readWriteRegisters: 23,
  encapsulated: 43,
} as const;

/** Read device identification, the MEI type of function 43 (6.21). */
export const deviceIdentificationMei = 14;

/**
 * How long the answer to `request` is, unit and function included, as far as `answer` has arrived; undefined while that
 * cannot be told, or when it cannot be an answer to this request.
 */
export function answerLength(request: Adu, answer: Uint8Array): number | undefined {
  const code = answer[1] as number;
  if (code & 0x80) return 3;
  switch (code) {
    case functions.readCoils:
    case functions.readDiscreteInputs:
      return counted(answer, Math.ceil(wordAt(request, 4) / 8));
    case functions.readHoldingRegisters:
    case functions.readInputRegisters:
    case functions.readWriteRegisters:
      return counted(answer, wordAt(request, 4) * 2);
    case functions.writeSingleCoil:
    case functions.writeSingleRegister:
    case functions.writeMultipleCoils:
    case functions.writeMultipleRegisters:
      return 6;
    case functions.maskWriteRegister:
      return 8;
    case functions.reportServerId:
      return answer[2] === undefined ? undefined : 3 + answer[2];
    case functions.encapsulated:
      return identificationLength(answer);
    default:
      return undefined;
  }
}

/** Answers that carry a byte count: it must be the one that was asked for. */
const counted = (answer: Uint8Array, bytes: number): number | undefined =>
  answer[2] === bytes ? 3 + bytes : undefined;

/** Six fixed bytes, then objects of identifier, length and value. */
function identificationLength(answer: Uint8Array): number | undefined {
  const objects = answer[7];
  if (objects === undefined || answer[2] !== deviceIdentificationMei) return undefined;
  let length = 8;
  for (let object = 0; object < objects; object++) {
    const size = answer[length + 1];
    if (size === undefined) return undefined;
    length += 2 + size;
  }
  return length;
}

const wordAt = (bytes: Uint8Array, index: number): number =>
  ((bytes[index] as number) << 8) | (bytes[index + 1] as number);

/** The most bytes that an answer to `request` may have, for how long it takes on a slow line. */
export function mostAnswerBytes(request: Adu): number {
  switch (request[1]) {
    case functions.readCoils:
    case functions.readDiscreteInputs:
      return 3 + Math.ceil(wordAt(request, 4) / 8);
    case functions.readHoldingRegisters:
    case functions.readInputRegisters:
    case functions.readWriteRegisters:
      return 3 + wordAt(request, 4) * 2;
    case functions.reportServerId:
    case functions.encapsulated:
      return 254;
    default:
      return 8;
  }
}
