/** Values of twins and of configurations between our own two sides: nothing is lost on the way, unlike in DMI's texts. */
import { MapperError } from "../../errors.ts";
import type { Value } from "../../value.ts";
import { maybe } from "../wire/field.ts";
import { type DraftOf, type MessageOf, message } from "../wire/message.ts";
import { bool, bytes, double, int64, text } from "../wire/scalar.ts";

/** What a twin keeps, with its type: exactly one field is set. */
export const twinValue = message("edgetwin.v1.Value", {
  int64: maybe(1, int64),
  double: maybe(2, double),
  text: maybe(3, text),
  bool: maybe(4, bool),
  bytes: maybe(5, bytes),
});
/** A value of a twin as it travels. */
export type WireValue = MessageOf<typeof twinValue>;

/** A value as it is sent, with its type. */
export function valueToWire(value: Value): DraftOf<typeof twinValue> {
  switch (typeof value) {
    case "bigint":
      return { int64: value };
    case "number":
      return { double: value };
    case "string":
      return { text: value };
    case "boolean":
      return { bool: value };
    default:
      return { bytes: value };
  }
}

/** The value that was sent. @throws MapperError `DEVICE_IO` when no field is set. */
export function valueFromWire(value: WireValue | undefined): Value {
  const found = value?.int64 ?? value?.double ?? value?.text ?? value?.bool ?? value?.bytes;
  if (found === undefined) throw new MapperError("DEVICE_IO", "the other process sent a value without a type");
  return found;
}
