import { type Board, type Clock, type Log, recordBoard, type Scope } from "@edgetwin/mapper-sdk";
import { CaptureFile } from "./capture-file.ts";
import type { AgentConfig } from "./config/config.ts";
import { AgentError } from "./errors.ts";

/** What {@link recordedBoard} works with. */
export interface RecordingParts {
  readonly scope: Scope;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * `board`, recorded to the file of `board.record` where there is one. The scope closes the file; whoever closes the board
 * must do so before.
 *
 * @throws AgentError `START_FAILED` when the file cannot be begun: who asks for a capture does not want to run without.
 */
export async function recordedBoard(
  board: Board,
  { record, recordLimit }: AgentConfig["board"],
  { scope, clock, log }: RecordingParts,
): Promise<Board> {
  if (record === undefined) return board;
  const parts = { path: record, limit: recordLimit, log, preamble: () => recorded.preamble() };
  const file = await CaptureFile.open(parts).catch((cause: NodeJS.ErrnoException) => {
    throw new AgentError("START_FAILED", `board.record: ${record} cannot be written: ${cause.message}`, { cause });
  });
  scope.use(file);
  const recorded = recordBoard(board, { clock, sink: (line) => file.write(line) });
  log.info("board.recorded", { file: record });
  return recorded;
}
