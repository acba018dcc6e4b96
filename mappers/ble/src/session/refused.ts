import { type ErrorCode, MapperError } from "@edgetwin/mapper-sdk";
import { AttError } from "../central/att-error.ts";

/** Refusals that come again however often the same is written, by what is to blame. */
const writeCodes: Readonly<Record<number, ErrorCode>> = {
  1: "CONFIG_INVALID",
  3: "CONFIG_INVALID",
  13: "VALUE_INVALID",
  19: "VALUE_INVALID",
  252: "VALUE_INVALID",
  255: "VALUE_INVALID",
  254: "DEVICE_BUSY",
};

/**
 * The error for what a device refused, naming what was asked; everything else as it is. A reading may be refused while a
 * device starts, so it is always worth another try.
 */
export function refused(
  error: unknown,
  { writing, what }: { readonly writing: boolean; readonly what: string },
): unknown {
  if (!(error instanceof AttError)) return error;
  const code = (writing && writeCodes[error.code]) || "DEVICE_IO";
  return new MapperError(code, `${writing ? "writing" : "reading"} ${what}: ${error.message}`, { cause: error });
}
