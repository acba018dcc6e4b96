import { readdir, readFile } from "node:fs/promises";
import type { Sender } from "../message.ts";

/** One line of a recorded exchange with unmodified KubeEdge; see `recorded/README.md` for every form. */
export interface RecordedLine {
  /** Milliseconds since the recording began. */
  readonly t: number;
  readonly note?: string;
  readonly dir?: "up" | "down";
  readonly frame?: Readonly<Record<string, unknown>>;
  /** Exact text of a WebSocket message, where it matters. */
  readonly raw?: string;
  readonly conn?: string;
  readonly event?: string;
  readonly api?: Readonly<Record<string, unknown>>;
  readonly http?: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** A line that carries a message. */
export interface RecordedFrame extends RecordedLine {
  readonly sender: Sender;
  readonly frame: Readonly<Record<string, unknown>>;
}

const folder = new URL("../../../recorded/", import.meta.url);

/** Names of the recordings, without their ending. */
export async function recordings(): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".jsonl"));
  return names.map((name) => name.slice(0, -".jsonl".length)).sort();
}

/** Every line of a recording, in order. */
export async function readRecording(name: string): Promise<readonly (RecordedLine | RecordedFrame)[]> {
  const text = await readFile(new URL(`${name}.jsonl`, folder), "utf8");
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const read = JSON.parse(line) as RecordedLine;
    return read.frame ? { ...read, sender: read.dir === "up" ? "edge" : "cloud" } : read;
  });
}
