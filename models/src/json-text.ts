/** Strings and numbers, whole; strings first, so that digits inside one are never taken for a number. */
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const integer = /^-?[1-9]\d{15,}$/;

/**
 * Stands for an integer that JSON.parse and JSON.stringify would round. It never leaves the process, so nobody who sends
 * a text can know it. Not `randomUUID`: loading node:crypto costs 2 MB of memory.
 */
const mark = `int-${Math.random()}-${Math.random()}-`;
const marked = new RegExp(`"${mark.replaceAll(".", "\\.")}(\\d+)"`, "g");

/**
 * Parses JSON without rounding integers: those beyond 2^53 become `bigint`.
 *
 * @throws SyntaxError like `JSON.parse`.
 */
export function parseJsonText(text: string): unknown {
  let isMarked = false;
  const source = text.replace(stringOrNumber, (token) => {
    if (!integer.test(token) || Number.isSafeInteger(Number(token))) return token;
    isMarked = true;
    return `{"${mark}":"${token}"}`;
  });
  if (!isMarked) return JSON.parse(text);
  return JSON.parse(source, (_key, value: unknown) => {
    const digits = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[mark] : undefined;
    return typeof digits === "string" ? BigInt(digits) : value;
  });
}

/**
 * Writes JSON in which a `bigint` is a plain integer, as Kubernetes' API server writes an int64. A `number` beyond 2^53
 * gets an exponent, so that `parseJsonText` gives back each as what it was.
 */
export function toJsonText(value: unknown): string {
  const raw: string[] = [];
  const text = JSON.stringify(value, (_key, inner: unknown) => {
    const isBigNumber = typeof inner === "number" && Number.isInteger(inner) && !Number.isSafeInteger(inner);
    if (typeof inner !== "bigint" && !isBigNumber) return inner;
    raw.push(typeof inner === "bigint" ? inner.toString() : (inner as number).toExponential());
    return `${mark}${raw.length - 1}`;
  });
  if (raw.length === 0) return text;
  return text.replace(marked, (_whole, index: string) => raw[Number(index)] as string);
}
