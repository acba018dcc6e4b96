/** Where a command writes: results to `line` and `raw`, everything else to `note`. Nothing else writes to a terminal. */
export interface Output {
  /** One line of the result. */
  line(text?: string): void;
  /** Part of the result as it is. */
  raw(text: string): void;
  /** One line for people: errors, warnings, progress. Never mixed into the result. */
  note(text: string): void;
  /** `text` in a colour, where the reader sees colours. */
  paint(colour: Colour, text: string): string;
}

export type Colour = keyof typeof codes;

/** SGR codes of ECMA-48: the sixteen colours every terminal has. */
const codes = { red: 31, green: 32, yellow: 33, blue: 34, grey: 90, bold: 1 } as const;

/** The streams of this process. */
export interface OutputStreams {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly stderr: { write(text: string): unknown };
}

/** Colours only on a terminal, and not with `NO_COLOR` (no-color.org) or a dumb terminal. */
export function createOutput(
  { stdout, stderr }: OutputStreams,
  env: Readonly<Record<string, string | undefined>>,
): Output {
  const colours = stdout.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
  return {
    line: (text = "") => void stdout.write(`${text}\n`),
    raw: (text) => void stdout.write(text),
    note: (text) => void stderr.write(`${text}\n`),
    paint: (colour, text) => (colours ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text),
  };
}
