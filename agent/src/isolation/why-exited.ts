import { showSize } from "../config/size.ts";
import type { Exit } from "./child-process.ts";

/** What V8 writes before it aborts a process whose heap is full. */
const heapFull = /JavaScript heap out of memory|Reached heap limit/;

/** Exit code of a mapper process that said itself, in an error of its log, why it cannot work. */
export const cannotStart = 3;

/** Why a process ended, for people. @param said the last lines it wrote to standard error. */
export function whyExited({ code, signal, message }: Exit, said: readonly string[], memoryBytes: number): string {
  if (message !== undefined) return `it cannot be started: ${message}`;
  if (said.some((line) => heapFull.test(line))) return `it ran out of its memory of ${showSize(memoryBytes)}`;
  const words = lastWords(said);
  if (code === cannotStart && words !== undefined) return words;
  const how = signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`;
  return words === undefined || code === 0 ? how : `${how}: ${words}`;
}

/** Its last error: of its log, or what Node.js says about an exception that nobody caught. */
function lastWords(said: readonly string[]): string | undefined {
  const logged = said.findLast((line) => line.startsWith("{") && line.includes('"level":"error"'));
  if (logged !== undefined) {
    try {
      const { event, reason } = JSON.parse(logged) as { event?: string; reason?: string };
      return reason ?? event;
    } catch {
      // Cut in the middle.
    }
  }
  return said.find((line) => /^(?:Uncaught )?\w*(?:Error|Exception)\b.*: /.test(line));
}
