import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** What is longer is cut; a program that never ends its line must not fill the memory. */
const longestLine = 8 * 1024;

/** Calls `onLine` for every line of `stream`, without its end; what is left at the end counts as one. */
export function lines(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder("utf8");
  let pending = "";
  let isCut = false;
  const take = (text: string) => {
    const parts = text.split("\n");
    const last = parts.pop() ?? "";
    for (const part of parts) {
      if (!isCut) end(pending + part);
      pending = "";
      isCut = false;
    }
    if (isCut) return;
    pending += last;
    if (pending.length < longestLine) return;
    end(pending);
    pending = "";
    isCut = true;
  };
  const end = (line: string) => {
    const text = line.trimEnd();
    if (text !== "") onLine(text.length > longestLine ? `${text.slice(0, longestLine)}…` : text);
  };
  stream.on("data", (chunk: Buffer) => take(decoder.write(chunk)));
  stream.once("end", () => {
    if (!isCut) end(pending);
    pending = "";
  });
  stream.on("error", () => {}); // its process ended, and says so itself
}
