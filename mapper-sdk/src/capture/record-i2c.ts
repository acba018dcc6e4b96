import { type I2c, type I2cOperation, i2cAddressName, i2cBusName } from "../hal/i2c.ts";
import { type CaptureValue, toHex } from "./capture.ts";
import type { Recorder } from "./recorder.ts";

/** The I2C buses of a board, written down: one resource for each bus, and one for each address on it. */
export function recordI2c(i2c: I2c, recorder: Recorder): I2c {
  return {
    list: () =>
      recorder.operation({ on: "i2c", do: "list", in: (names: readonly string[]) => names }, () => i2c.list()),
    async open(bus, options = {}) {
      const on = busResource(bus);
      const open = { on, do: "open", out: { ...options } as CaptureValue };
      const opened = await recorder.operation(open, () => i2c.open(bus, options));
      return {
        name: opened.name,
        transfer: (address, operations, transfer = {}) =>
          recorder.operation(
            {
              on: `${on} ${i2cAddressName(address, transfer)}`,
              do: "transfer",
              out: operations.map(operationText),
              in: (read: readonly Uint8Array[]) => read.map(toHex),
              signal: transfer.signal,
            },
            () => opened.transfer(address, operations, transfer),
          ),
        [Symbol.asyncDispose]: () => recorder.operation({ on, do: "close" }, async () => opened[Symbol.asyncDispose]()),
      };
    },
  };
}

/** `i2c 1` for bus `i2c-1`; what is no bus is kept as it was written, with its error. */
export function busResource(bus: number | string): string {
  try {
    return `i2c ${i2cBusName(bus).slice("i2c-".length)}`;
  } catch {
    return `i2c ${bus}`;
  }
}

/** One operation of a transaction: `w f427`, `r 6`. */
export const operationText = ({ write, read }: I2cOperation): string =>
  write === undefined ? `r ${read}` : `w ${toHex(write)}`.trimEnd();
