import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { recordBoard } from "../../capture/record-board.ts";
import type { Clock } from "../../clock.ts";
import type { Board } from "../../hal.ts";

/** The folder that captures of failed checks go to; without it nothing is recorded. */
const folder = process.env.EDGETWIN_CAPTURES;

let kept = 0;

/** One check's board, and what to do with its capture when the check failed. */
export interface CheckRecording {
  /** What the mapper gets. */
  readonly board: Board;
  /** Writes the capture to a file of `folder` and names it in the message of `error`. */
  keep(name: string, error: unknown): Promise<void>;
}

/** Records what the mapper does with `board` when the environment asks for captures. */
export function recordCheck(board: Board, clock: Clock): CheckRecording {
  if (!folder) return { board, keep: async () => {} };
  const lines: string[] = [];
  const recorded = recordBoard(board, { clock, sink: (line) => lines.push(line) });
  return {
    board: recorded,
    async keep(name, error) {
      await mkdir(folder, { recursive: true });
      kept++;
      const file = resolve(join(folder, `${name}-${process.pid}-${kept}.jsonl`));
      await writeFile(file, `${lines.join("\n")}\n`);
      if (error instanceof Error) error.message += `\nIts capture: ${file}`;
    },
  };
}
