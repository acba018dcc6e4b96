/** Decimal digits with which a 32-bit float is told from its neighbours, at least and at most (IEEE 754-2019 §5.12.2). */
const float32Digits = { enough: 6, always: 9 } as const;

/**
 * The shortest decimal without exponent that reads back as the same 64-bit number: `1e21` is
 * `"1000000000000000000000"`, `1e-7` is `"0.0000001"`. KubeEdge's wire refuses the `+` of an exponent.
 */
export function formatDouble(value: number): string {
  return withoutExponent(String(value));
}

/** The same for a 32-bit float: `Math.fround(0.1)` is `"0.1"`, not `"0.10000000149011612"`. */
export function formatFloat(value: number): string {
  const exact = String(value);
  if (exact.length <= float32Digits.enough) return withoutExponent(exact);
  for (let digits = float32Digits.enough; digits < float32Digits.always; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return withoutExponent(String(rounded));
  }
  return withoutExponent(String(Number(value.toPrecision(float32Digits.always))));
}

function withoutExponent(text: string): string {
  const at = text.indexOf("e");
  if (at < 0) return text;
  const sign = text.startsWith("-") ? "-" : "";
  const [whole = "", fraction = ""] = text.slice(sign.length, at).split(".");
  const point = whole.length + Number(text.slice(at + 1));
  const digits = whole + fraction;
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return (
    sign + (point >= digits.length ? digits.padEnd(point, "0") : `${digits.slice(0, point)}.${digits.slice(point)}`)
  );
}
