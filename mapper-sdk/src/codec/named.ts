import { didYouMean } from "../did-you-mean.ts";
import { MapperError } from "../errors.ts";
import { showValue } from "../value.ts";
import type { Codec } from "./codec.ts";

/** Numbers that have names, e.g. `{ OFF: 0, ON: 0xff00 }`. The first name of a number wins when it is read. */
export function namedCodec(inner: Codec, values: Readonly<Record<string, number>>): Codec {
  const numbers = new Map(Object.entries(values));
  const names = new Map([...numbers].reverse().map(([name, number]) => [number, name]));
  const expected = [...numbers.keys()].map(showValue).join(" or ");
  return {
    ...inner,
    kind: "string",
    whole: false,
    decode(bytes, from) {
      const number = Number(inner.decode(bytes, from));
      const name = names.get(number);
      if (name === undefined) throw new MapperError("DEVICE_IO", `the device sent ${number}, which has no name here`);
      return name;
    },
    encode(value, target, at) {
      const number = typeof value === "string" ? numbers.get(value) : undefined;
      if (number === undefined) {
        const hint = typeof value === "string" ? didYouMean(value, [...numbers.keys()]) : "";
        throw new MapperError("VALUE_INVALID", `expected ${expected}, got ${showValue(value)}${hint}`);
      }
      return inner.encode(number, target, at);
    },
  };
}
