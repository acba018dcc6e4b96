/** A line as InfluxDB reads it. */
export interface ParsedLine {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly field: string;
  /** With its quotes, or with the letter of its type behind it. */
  readonly value: string;
  readonly at: number;
}

/**
 * Reads exactly one line of line protocol with one field, by InfluxDB's rules: a backslash in front of a delimiter makes it an
 * ordinary character, anywhere else it stands for itself; in a quoted value it escapes quotes and backslashes.
 *
 * @throws Error when it is not one whole line.
 */
export function parseLine(text: string): ParsedLine {
  let at = 0;
  const until = (ends: string): string => {
    let read = "";
    for (; at < text.length && !ends.includes(text[at] as string); at++) {
      if (text[at] === "\n") throw new Error(`a break at ${at} of ${JSON.stringify(text)}`);
      const escaped = text[at] === "\\" && at + 1 < text.length && ",= #".includes(text[at + 1] as string);
      if (escaped) at++;
      read += text[at];
    }
    return read;
  };
  const take = (wanted: string) => {
    if (text[at] !== wanted) throw new Error(`expected ${wanted} at ${at} of ${JSON.stringify(text)}`);
    at++;
  };
  if (text.startsWith("#")) throw new Error("the line is a comment");
  const measurement = until(", ");
  const tags: Record<string, string> = {};
  while (text[at] === ",") {
    at++;
    const key = until("=, ");
    take("=");
    const value = until(",= ");
    if (key === "" || value === "") throw new Error(`an empty tag in ${JSON.stringify(text)}`);
    tags[key] = value;
  }
  take(" ");
  const field = until("=, ");
  take("=");
  const value = text[at] === '"' ? quoted() : until(", ");
  take(" ");
  const time = text.slice(at);
  if (!/^-?\d+$/.test(time)) throw new Error(`the time is ${JSON.stringify(time)}`);
  return { measurement, tags, field, value, at: Number(time) };

  function quoted(): string {
    const start = at++;
    while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
    take('"');
    return text.slice(start, at);
  }
}
