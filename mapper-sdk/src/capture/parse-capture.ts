import { type Capture, type CaptureEntry, type CaptureHeader, captureVersion } from "./capture.ts";

/** A capture longer than this is refused: it is held in memory as a whole. */
const maxCharacters = 256 * 1024 * 1024;

/**
 * Reads the text of a capture. What follows a damaged line is left out and `damage` says why: a power cut tears the last
 * line of a file, and what came before is still true.
 *
 * @throws TypeError when there is no capture at all: no header, another version, too long.
 */
export function parseCapture(text: string, name = "capture"): Capture {
  if (text.length > maxCharacters)
    throw new TypeError(
      `${name} has ${text.length} characters; a capture may have ${maxCharacters}. Keep its last lines, with the first one before them`,
    );
  const lines = text.split("\n");
  const header = parseHeader(lines[0] ?? "", name);
  const entries: (CaptureEntry & { line: number })[] = [];
  const seen = new Set<number>();
  for (const [index, content] of lines.entries()) {
    const line = index + 1;
    if (line === 1 || content.trim() === "") continue;
    const entry = parseEntry(content);
    if (typeof entry === "string" || seen.has(entry.n)) {
      const reason = typeof entry === "string" ? entry : `number ${entry.n} is there twice`;
      return {
        header,
        entries,
        name,
        damage: `${name} is damaged from line ${line} on (${reason}); ${line - 1} lines are used`,
      };
    }
    seen.add(entry.n);
    entries.push({ ...entry, line });
  }
  return { header, entries, name };
}

function parseHeader(line: string, name: string): CaptureHeader {
  const header = parseJson(line);
  if (!isObject(header) || header.capture === undefined)
    throw new TypeError(
      `${name} is no capture: its first line is no header such as {"capture":${captureVersion},"board":"…"}`,
    );
  if (header.capture !== captureVersion)
    throw new TypeError(
      `${name} is a capture of version ${header.capture}; this program reads version ${captureVersion}`,
    );
  const { board, startedAt } = header;
  return {
    capture: captureVersion,
    board: typeof board === "string" ? board : "a board",
    startedAt: typeof startedAt === "string" ? startedAt : "",
  };
}

/** The entry of a line, or what is wrong with it. */
function parseEntry(line: string): CaptureEntry | string {
  const entry = parseJson(line);
  if (!isObject(entry)) return "it is not a whole JSON object";
  const { n, ms, took = 0, on, do: what, error } = entry;
  if (typeof entry.dropped === "number") return `${entry.dropped} lines were lost while it was recorded`;
  if (!Number.isSafeInteger(n) || (n as number) < 1) return '"n" is no number of an operation';
  if (!isTime(ms) || !isTime(took)) return '"ms" or "took" is no time';
  if (typeof on !== "string" || typeof what !== "string") return '"on" or "do" is missing';
  if (error !== undefined && (!isObject(error) || typeof error.message !== "string")) return '"error" has no message';
  return entry as unknown as CaptureEntry;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isTime = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value) && value >= 0;
