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

const escapeCode = "\u001b";

/** SGR codes of ECMA-48: the sixteen colours every terminal has. */
const codes = { red: 31, green: 32, yellow: 33, blue: 34, grey: 90, bold: 1 } as const;

/** The streams of this process. */
export interface OutputStreams {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly stderr: { write(text: string): unknown };
}

/** One of our own colours, or a control character other than tab and line feed. */
const controls = new RegExp(`${escapeCode}\\[\\d{1,2}m|(?![\\t\\n])\\p{Cc}`, "gu");

/**
 * `text` with control characters made visible, our colours excepted. Values and reasons come from devices and other users:
 * they must not move the cursor or rename the window of whoever reads them.
 */
const printable = (text: string): string =>
  text.replace(controls, (found) =>
    found.length > 1 ? found : `\\x${found.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );

/** Colours only on a terminal, and not with `NO_COLOR` (no-color.org) or a dumb terminal. */
export function createOutput(
  { stdout, stderr }: OutputStreams,
  env: Readonly<Record<string, string | undefined>>,
): Output {
  const colours = stdout.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
  return {
    line: (text = "") => void stdout.write(`${printable(text)}\n`),
    raw: (text) => void stdout.write(text),
    note: (text) => void stderr.write(`${printable(text)}\n`),
    paint: (colour, text) => (colours ? `${escapeCode}[${codes[colour]}m${text}${escapeCode}[0m` : text),
  };
}
