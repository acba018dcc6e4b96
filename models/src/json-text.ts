/** Strings, and integers long enough to need more than 53 bits; alternatives are tried at every position in turn. */
const stringOrLongInteger = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;

/** Marks an integer that `JSON.parse` would round; the key cannot be typed by accident. */
const mark = "\u0000int";

/**
 * Parses JSON without rounding integers: those beyond 2^53 become `bigint`.
 *
 * @throws SyntaxError like `JSON.parse`.
 */
export function parseJsonText(text: string): unknown {
  let marked = false;
  const source = text.replace(stringOrLongInteger, (token) => {
    if (token.startsWith('"') || Number.isSafeInteger(Number(token))) return token;
    marked = true;
    return `{"${mark.replace("\u0000", "\\u0000")}":"${token}"}`;
  });
  if (!marked) return JSON.parse(text);
  return JSON.parse(source, (_key, value: unknown) => {
    const digits = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[mark] : undefined;
    return typeof digits === "string" && Object.keys(value as object).length === 1 ? BigInt(digits) : value;
  });
}

/** Writes JSON in which a `bigint` is a plain integer, as Kubernetes' API server writes an int64. */
export function toJsonText(value: unknown): string {
  const integers: string[] = [];
  const text = JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== "bigint") return inner;
    integers.push(inner.toString());
    return `${mark}${integers.length - 1}`;
  });
  if (integers.length === 0) return text;
  return text.replace(/"\\u0000int(\d+)"/g, (_whole, index: string) => integers[Number(index)] as string);
}
