import { type ErrorCode, MapperError } from "@edgetwin/mapper-sdk";
import type { PropertyPlace } from "./client/bacnet-library.ts";
import { showObjectId } from "./names/object-types.ts";
import { showProperty } from "./names/properties.ts";
import { BacnetRefusal } from "./names/refusals.ts";

/** What to do about an error, by its code. */
const advice: Readonly<Record<number, string>> = {
  27: "the device does not show it",
  31: "the device has no such object; edgetwin discover bacnet lists what it has",
  32: "the object has no such property",
  37: "the device does not take this value",
  40: "it is read only, or it has no priorities; make it ReadOnly in the model",
  42: "the array has no such element",
};

/** The place in words: `"analog-output:1 present-value"`. */
export const showPlace = ({ object, property, index }: PropertyPlace): string =>
  `${showObjectId(object)} ${showProperty(property)}${index === undefined ? "" : `[${index}]`}`;

/**
 * The error for what a device refused, naming what was asked; everything else as it is. A write that is refused for its
 * place or value will be refused again, so it is not retryable; a reading may be refused while a device starts.
 */
export function refused(error: unknown, place: PropertyPlace, writing: boolean): unknown {
  if (!(error instanceof BacnetRefusal)) return error;
  const hint = error.kind === "error" ? advice[error.code] : undefined;
  const message = `${writing ? "writing" : "reading"} ${showPlace(place)}: ${error.message}${hint ? `; ${hint}` : ""}`;
  return new MapperError(codeOf(error, writing), message, { cause: error });
}

function codeOf({ kind, code }: BacnetRefusal, writing: boolean): ErrorCode {
  if (kind === "error" && (code === 3 || code === 82)) return "DEVICE_BUSY";
  if (!writing || kind === "abort") return "DEVICE_IO";
  if (kind === "reject") return "CONFIG_INVALID";
  if (code === 37 || code === 9 || code === 47 || code === 41) return "VALUE_INVALID";
  return [31, 32, 36, 40, 42, 50].includes(code) ? "CONFIG_INVALID" : "DEVICE_IO";
}
