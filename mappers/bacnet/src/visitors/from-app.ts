import { MapperError, type Property } from "@edgetwin/mapper-sdk";
import type { AppValue } from "../client/app-value.ts";
import { showObjectId } from "../names/object-types.ts";

/** What a value is to become. */
export interface FromApp {
  readonly property: Property;
  readonly words?: Readonly<Record<string, number>>;
}

/**
 * A value of the device as a handler returns it.
 * @throws MapperError `DEVICE_IO` when it is none of the property's type.
 */
export function fromApp(value: AppValue | undefined, { property, words }: FromApp): unknown {
  if (value === undefined) throw mismatch("no value", property);
  switch (value.tag) {
    case "null":
      throw mismatch("NULL", property);
    case "constructed":
      throw mismatch("a value of several parts", property);
    case "boolean":
      return property.type === "BOOLEAN" ? value.value : numeric(value.value ? 1 : 0, property, words);
    case "unsigned":
    case "signed":
    case "real":
    case "double":
    case "enumerated":
      return numeric(value.value, property, words);
    case "octet-string":
      return property.type === "BYTES" ? value.value : text(Buffer.from(value.value).toString("hex"), property);
    case "bit-string":
      return text(value.value.map((bit) => (bit ? "1" : "0")).join(""), property);
    case "object-id":
      return text(showObjectId(value.value), property);
    default:
      return text(value.value, property);
  }
}

function numeric(number: number, property: Property, words: FromApp["words"]): unknown {
  switch (property.type) {
    case "BOOLEAN":
      return number !== 0;
    case "STRING": {
      if (!words) return String(number);
      const word = Object.keys(words).find((one) => words[one] === number);
      if (word === undefined) throw mismatch(`state ${number}, which "values" has no word for`, property);
      return word;
    }
    case "BYTES":
      throw mismatch(`the number ${number}`, property);
    default:
      return number;
  }
}

function text(value: string, property: Property): string {
  if (property.type !== "STRING") throw mismatch(`the text ${JSON.stringify(value)}`, property);
  return value;
}

const mismatch = (what: string, { type }: Property) =>
  new MapperError("DEVICE_IO", `the device has ${what} where the model expects ${type}`);
