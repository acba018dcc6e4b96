import { type AppValue, applicationTags } from "../../client/app-value.ts";
import { asBuffer } from "../../wire/bvlc.ts";
import { endOf, type Tag, tagAt } from "../../wire/tags.ts";

/** The emulator's own coding of primitive values, written from ASHRAE 135 20.2 and not from the libraries. */
export function encodeAppValue(value: AppValue): Uint8Array {
  const number = applicationTags.indexOf(value.tag as (typeof applicationTags)[number]);
  if (value.tag === "boolean") return Uint8Array.of((number << 4) | (value.value ? 1 : 0));
  return tagged({ number, context: false }, contentsOf(value));
}

/** The same behind a context tag, where a boolean has an octet of its own (20.2.3). */
export function encodeContext(number: number, value: AppValue): Uint8Array {
  const contents = value.tag === "boolean" ? Uint8Array.of(value.value ? 1 : 0) : contentsOf(value);
  return tagged({ number, context: true }, contents);
}

/** An opening and a closing tag around `contents` (20.2.1.3.2). */
export function enclosed(number: number, ...contents: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Uint8Array.of((number << 4) | 0x0e), ...contents, Uint8Array.of((number << 4) | 0x0f)]);
}

/** The value of an application tag; undefined when it is none, or damaged. */
export function decodeAppValue(bytes: Uint8Array, tag: Tag): AppValue | undefined {
  if (tag.context || tag.form !== "value" || endOf(tag) > bytes.length) return undefined;
  const name = applicationTags[tag.number];
  if (name === undefined) return undefined;
  if (name === "boolean") return tag.length <= 1 ? { tag: name, value: tag.length === 1 } : undefined;
  return decodeContents(name, bytes.subarray(tag.start, endOf(tag)));
}

/** All values between `from` and the closing tag, or the end; undefined when something else is among them. */
export function decodeAppValues(bytes: Uint8Array, from = 0): { values: AppValue[]; end: number } | undefined {
  const values: AppValue[] = [];
  let offset = from;
  for (let tag = tagAt(bytes, offset); tag && tag.form !== "closing"; tag = tagAt(bytes, offset)) {
    const value = decodeAppValue(bytes, tag);
    if (!value) return undefined;
    values.push(value);
    offset = endOf(tag);
  }
  return { values, end: offset };
}

/** A value from the contents of a tag whose type is known by its place. */
export function decodeContents(tag: (typeof applicationTags)[number], contents: Uint8Array): AppValue | undefined {
  const bytes = asBuffer(contents);
  const { length } = bytes;
  switch (tag) {
    case "null":
      return length === 0 ? { tag } : undefined;
    case "boolean":
      return length === 1 ? { tag, value: bytes[0] === 1 } : undefined;
    case "unsigned":
    case "enumerated":
      return length >= 1 && length <= 6 ? { tag, value: bytes.readUIntBE(0, length) } : undefined;
    case "signed":
      return length >= 1 && length <= 6 ? { tag, value: bytes.readIntBE(0, length) } : undefined;
    case "real":
      return length === 4 ? { tag, value: bytes.readFloatBE(0) } : undefined;
    case "double":
      return length === 8 ? { tag, value: bytes.readDoubleBE(0) } : undefined;
    case "octet-string":
      return { tag, value: Uint8Array.from(bytes) };
    case "character-string":
      // 0 is UTF-8; others are not spoken by the emulator (20.2.9).
      return length >= 1 && bytes[0] === 0 ? { tag, value: bytes.toString("utf8", 1) } : undefined;
    case "bit-string": {
      const unused = bytes[0] ?? 8;
      if (unused > 7 || (length === 1 && unused > 0)) return undefined;
      const bit = (_: unknown, index: number) => (((bytes[1 + (index >> 3)] ?? 0) >> (7 - (index & 7))) & 1) === 1;
      return { tag, value: Array.from({ length: (length - 1) * 8 - unused }, bit) };
    }
    case "date":
    case "time":
      return length === 4 ? { tag, value: tag === "date" ? dateText(bytes) : timeText(bytes) } : undefined;
    case "object-id": {
      if (length !== 4) return undefined;
      const id = bytes.readUInt32BE(0);
      return { tag, value: { type: id >>> 22, instance: id & 0x3f_ffff } };
    }
  }
}

/** A tag in front of its contents (20.2.1). */
function tagged(
  { number, context }: { readonly number: number; readonly context: boolean },
  contents: Uint8Array,
): Uint8Array {
  const { length } = contents;
  const first = ((number < 15 ? number : 15) << 4) | (context ? 0x08 : 0) | Math.min(length, 5);
  const head = [first, ...(number < 15 ? [] : [number])];
  if (length >= 5 && length < 254) head.push(length);
  else if (length >= 254 && length < 65_536) head.push(254, length >> 8, length & 0xff);
  else if (length >= 65_536) head.push(255, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff);
  return Buffer.concat([Uint8Array.from(head), contents]);
}

function contentsOf(value: AppValue): Uint8Array {
  switch (value.tag) {
    case "null":
      return Uint8Array.of();
    case "boolean":
      return Uint8Array.of(value.value ? 1 : 0);
    case "unsigned":
    case "enumerated":
      return wholeBytes(value.value, (length) => value.value < 256 ** length);
    case "signed":
      return wholeBytes(value.value, (length) => Math.abs(value.value + 0.5) < 256 ** length / 2);
    case "real":
    case "double": {
      const bytes = Buffer.alloc(value.tag === "real" ? 4 : 8);
      if (value.tag === "real") bytes.writeFloatBE(value.value);
      else bytes.writeDoubleBE(value.value);
      return bytes;
    }
    case "octet-string":
      return value.value;
    case "character-string":
      return Buffer.concat([Uint8Array.of(0), Buffer.from(value.value, "utf8")]);
    case "bit-string": {
      const bytes = Buffer.alloc(1 + Math.ceil(value.value.length / 8));
      bytes[0] = (8 - (value.value.length % 8)) % 8;
      for (const [index, bit] of value.value.entries())
        if (bit) bytes[1 + (index >> 3)] = (bytes[1 + (index >> 3)] as number) | (0x80 >> (index & 7));
      return bytes;
    }
    case "object-id": {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(((value.value.type << 22) | value.value.instance) >>> 0);
      return bytes;
    }
    case "date": {
      const [year = 0, month = 1, day = 1] = value.value.split("-").map(Number);
      return Uint8Array.of(year - 1900, month, day, 0xff);
    }
    case "time": {
      const [hour = 0, minute = 0, second = 0] = value.value.split(":").map(Number);
      return Uint8Array.of(hour, minute, Math.floor(second), Math.round((second % 1) * 100));
    }
    default:
      throw new TypeError(`the emulator does not send a ${value.tag}`);
  }
}

/** As few octets as hold the value (20.2.4, 20.2.5). */
function wholeBytes(value: number, fits: (length: number) => boolean): Uint8Array {
  let length = 1;
  while (!fits(length)) length++;
  const bytes = Buffer.alloc(length);
  if (value < 0) bytes.writeIntBE(value, 0, length);
  else bytes.writeUIntBE(value, 0, length);
  return bytes;
}

const two = (number: number): string => (number === 0xff ? "*" : String(number).padStart(2, "0"));
const dateText = ([year = 0xff, month = 0xff, day = 0xff]: Uint8Array): string =>
  `${year === 0xff ? "*" : year + 1900}-${two(month)}-${two(day)}`;
const timeText = ([hour = 0xff, minute = 0xff, second = 0xff, hundredths = 0xff]: Uint8Array): string =>
  `${two(hour)}:${two(minute)}:${two(second)}.${two(hundredths)}`;
