import { type ErrorCode, MapperError } from "@edgetwin/mapper-sdk";
import { ModbusException, type Table } from "./client/modbus-client.ts";

/** What was asked for when a unit refused. */
export interface Asked {
  readonly writing: boolean;
  readonly table: Table;
  readonly start: number;
  readonly count: number;
}

/** What to do about an exception, by its code. */
const advice: Readonly<Record<number, string>> = {
  1: "the device does not know this function; another table, or write: multiple, may do",
  2: "the device has no such address; the first register of a data sheet's 40001 is address 0",
  3: "the device does not take this value",
  6: "the device is busy; it is asked again",
  10: "the gateway cannot reach the line of this unit",
  11: "the unit behind the gateway does not answer; look at its address, wiring and power",
};

/**
 * The error for what a unit refused, naming what was asked; everything else as it is. A write that is refused for its
 * address or value will be refused again, so it is not retryable; a reading may be refused while a device starts.
 */
export function refused(error: unknown, { writing, table, start, count }: Asked): unknown {
  if (!(error instanceof ModbusException)) return error;
  const where = count === 1 ? `${table} ${start}` : `${table} ${start} to ${start + count - 1}`;
  const hint = advice[error.code];
  const message = `${writing ? "writing" : "reading"} ${where}: ${error.message}${hint ? `; ${hint}` : ""}`;
  return new MapperError(codeOf(error.code, writing), message, { cause: error });
}

function codeOf(exception: number, writing: boolean): ErrorCode {
  if (exception === 5 || exception === 6) return "DEVICE_BUSY";
  if (!writing) return "DEVICE_IO";
  if (exception === 1 || exception === 2) return "CONFIG_INVALID";
  return exception === 3 ? "VALUE_INVALID" : "DEVICE_IO";
}
