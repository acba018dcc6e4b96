import { readFile } from "node:fs/promises";
import type { Capture } from "../capture/capture.ts";
import { parseCapture } from "../capture/parse-capture.ts";

/** Reads a capture from a file; see {@link parseCapture} for damaged ones. Rejects when there is none. */
export async function loadCapture(file: string | URL): Promise<Capture> {
  return parseCapture(await readFile(file, "utf8"), String(file));
}
