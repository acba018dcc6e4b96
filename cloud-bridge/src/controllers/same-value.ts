/** What Go's `strconv.ParseBool` takes, which KubeEdge's mappers use. */
const truths = new Set(["1", "t", "true"]);
const falsehoods = new Set(["0", "f", "false"]);

/** Whether two texts mean the same value of a type of the device API. */
export function isSameValue(type: string, a: string, b: string): boolean {
  if (a === b) return true;
  switch (type.toUpperCase()) {
    case "INT":
      return isNumber(a) && isNumber(b) && bigintOf(a) !== undefined && bigintOf(a) === bigintOf(b);
    case "FLOAT":
      return isNumber(a) && isNumber(b) && Math.fround(Number(a)) === Math.fround(Number(b));
    case "DOUBLE":
      return isNumber(a) && isNumber(b) && Number(a) === Number(b);
    case "BOOLEAN":
      return [truths, falsehoods].some((words) => words.has(a.toLowerCase()) && words.has(b.toLowerCase()));
    default:
      return false;
  }
}

const isNumber = (text: string): boolean => text.trim() !== "" && Number.isFinite(Number(text));

function bigintOf(text: string): bigint | undefined {
  return /^[+-]?\d+$/.test(text) ? BigInt(text.replace(/^\+/, "")) : undefined;
}
