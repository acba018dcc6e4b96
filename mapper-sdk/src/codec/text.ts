import { MapperError } from "../errors.ts";
import { showValue } from "../value.ts";
import type { Codec, CodecValue } from "./codec.ts";

export const encodings = ["ascii", "latin1", "utf-8"] as const;
export const paddings = ["nul", "space"] as const;

/** A text in a fixed number of bytes. */
export interface TextFormat {
  readonly encoding: (typeof encodings)[number];
  /** What fills the bytes behind the text. */
  readonly pad: (typeof paddings)[number];
}

const padByte = { nul: 0x00, space: 0x20 } as const;

/** Text that ends at its first NUL or its padding; what does not fit the encoding is refused both ways. */
export function textCodec(positions: readonly number[], { encoding, pad }: TextFormat): Codec {
  const byteLength = positions.length;
  const utf8 = encoding === "utf-8" ? new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }) : undefined;
  const decode = (bytes: Uint8Array, from = 0): string => {
    const ordered = Uint8Array.from(positions, (position) => bytes[from + position] as number);
    const nul = ordered.indexOf(0);
    let end = nul < 0 ? byteLength : nul;
    while (pad === "space" && end > 0 && ordered[end - 1] === padByte.space) end--;
    const used = ordered.subarray(0, end);
    if (encoding === "ascii" && used.some((byte) => byte > 0x7f)) throw broken(used, encoding);
    if (!utf8) return Buffer.from(used).toString("latin1");
    try {
      return utf8.decode(used);
    } catch (cause) {
      throw broken(used, encoding, cause);
    }
  };
  return {
    byteLength,
    kind: "string",
    whole: false,
    partial: false,
    decode,
    encode(value, target = new Uint8Array(byteLength), at = 0) {
      const encoded = encodedText(value, encoding);
      if (encoded.length > byteLength)
        throw new MapperError(
          "VALUE_INVALID",
          `expected text of at most ${byteLength} bytes, got ${encoded.length}: ${showValue(value)}`,
        );
      for (const [index, position] of positions.entries()) target[at + position] = encoded[index] ?? padByte[pad];
      return target;
    },
  };
}

const highest = { ascii: 0x7f, latin1: 0xff, "utf-8": 0x10ffff } as const;

function encodedText(value: CodecValue, encoding: TextFormat["encoding"]): Uint8Array {
  if (typeof value !== "string") throw new MapperError("VALUE_INVALID", `expected text, got ${showValue(value)}`);
  // A NUL would end the text when it is read back; half of a surrogate pair has no bytes at all.
  const foreign = [...value].find((sign) => {
    const code = sign.codePointAt(0) as number;
    return code === 0 || code > highest[encoding] || (code >= 0xd800 && code <= 0xdfff);
  });
  if (foreign !== undefined)
    throw new MapperError(
      "VALUE_INVALID",
      `${encoding} text cannot hold ${JSON.stringify(foreign)}: ${showValue(value)}`,
    );
  return Buffer.from(value, encoding === "utf-8" ? "utf8" : "latin1");
}

const broken = (bytes: Uint8Array, encoding: string, cause?: unknown) =>
  new MapperError("DEVICE_IO", `the device sent ${showValue(bytes)}, which is no ${encoding} text`, { cause });
