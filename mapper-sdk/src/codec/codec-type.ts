import { type IntegerFormat, packedBcd, signed, unpackedBcd, unsigned } from "./integer-format.ts";

/** What the bytes of a value are. The number behind a name is its width in bits. */
export const codecTypes = [
  ...(["u8", "u16", "u24", "u32", "u40", "u48", "u56", "u64"] as const),
  ...(["i8", "i16", "i24", "i32", "i40", "i48", "i56", "i64"] as const),
  ...(["bcd8", "bcd16", "bcd24", "bcd32", "bcd40", "bcd48", "bcd56", "bcd64"] as const),
  ...(["unpacked-bcd16", "unpacked-bcd24", "unpacked-bcd32", "unpacked-bcd48", "unpacked-bcd64"] as const),
  ...(["f32", "f64", "string", "bytes"] as const),
] as const;

/** One of the names in `codecTypes`. */
export type CodecType = (typeof codecTypes)[number];

/** What a type stands for. `bits` is undefined where the length is a setting of its own. */
export type TypeFacts =
  | { readonly sort: "integer"; readonly bits: number; readonly format: IntegerFormat }
  | { readonly sort: "float"; readonly bits: number }
  | { readonly sort: "string"; readonly bits?: undefined }
  | { readonly sort: "bytes"; readonly bits?: undefined };

/** What a type stands for. */
export function typeFacts(type: CodecType): TypeFacts {
  if (type === "string" || type === "bytes") return { sort: type };
  const bits = Number(/\d+$/.exec(type)?.[0]);
  if (type.startsWith("f")) return { sort: "float", bits };
  if (type.startsWith("unpacked")) return { sort: "integer", bits, format: unpackedBcd };
  if (type.startsWith("bcd")) return { sort: "integer", bits, format: packedBcd };
  return { sort: "integer", bits, format: type.startsWith("i") ? signed : unsigned };
}

/** What other tools and data sheets call our types, for the message to who writes one. */
const elsewhere: readonly [RegExp, (bits: string) => string][] = [
  [/^(?:uint|unsigned ?int|ushort|word|dword|qword)_?(\d*)(?:_t)?$/, (bits) => `u${bits || 16}`],
  [/^(?:int|sint|short|signed ?int)_?(\d*)(?:_t)?$/, (bits) => `i${bits || 16}`],
  [/^(?:float|real)_?(\d*)$/, (bits) => `f${bits || 32}`],
  [/^(?:double|lreal)()$/, () => "f64"],
  [/^(?:bool|boolean|bit)()$/, () => 'u16" with "bits'],
  [/^(?:text|char|ascii)()$/, () => "string"],
];

/** `; did you mean "u16"?` for a name that another tool uses, else nothing. */
export function typeFromElsewhere(given: string): string {
  for (const [pattern, ours] of elsewhere) {
    const found = pattern.exec(given.toLowerCase());
    if (found) return `; did you mean "${ours(found[1] ?? "")}"?`;
  }
  return "";
}
