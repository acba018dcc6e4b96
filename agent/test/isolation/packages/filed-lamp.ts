import { appendFileSync, readFileSync } from "node:fs";
import { defineProtocol, f, fields } from "@edgetwin/mapper-sdk";

/** What a file of writes says about one property: its last value, and OFF before the first. */
export function lastWritten(file: string, name: string): string {
  const lines = writesIn(file).filter((line) => line.startsWith(`${name}=`));
  return lines.at(-1)?.slice(name.length + 1) ?? "0";
}

/** Every write, in order: `level=7`. */
export function writesIn(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n").slice(0, -1);
  } catch {
    return []; // nothing was written yet
  }
}

/** A device whose state is a file, which outlives the process of its mapper as hardware does. */
export const filed = defineProtocol({
  protocol: "filed",
  connection: fields({ file: f.string() }),
  visitor: fields({ at: f.string() }),
  open: ({ connection }) => connection.file,
  read: ({ session, name }) => Number(lastWritten(session, name)),
  write: ({ session, name }, value) => appendFileSync(session, `${name}=${value}\n`),
});
