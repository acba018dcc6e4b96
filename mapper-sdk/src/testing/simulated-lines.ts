import type { ConnectLines } from "../lines/lines.ts";
import { Turns } from "../lines/turns.ts";
import { SimBoard } from "./sim-board.ts";

/** The far end of a conversation in lines: what a device answers to one; nothing when undefined. */
export type AnswerLine = (line: string) => string | undefined;

/**
 * A {@link ConnectLines} made of memory, for the contract of a mapper. Each board has a device of its own, which `device`
 * makes; connecting and asking are operations of the board, which its `faults` let fail or stall.
 */
export function simulatedLines(device: () => AnswerLine): ConnectLines {
  const devices = new WeakMap<SimBoard, AnswerLine>();
  return async ({ host, port }, { board, signal }) => {
    if (!(board instanceof SimBoard)) throw new TypeError("simulated lines need a SimBoard");
    const name = `${host}:${port}`;
    const answer = devices.get(board) ?? device();
    devices.set(board, answer);
    await board.faults.step(`${name} connect`);
    signal.throwIfAborted();
    const handle = board.hold(name);
    const turns = new Turns();
    return {
      ask: (question, caller) =>
        turns.take(async () => {
          await board.faults.step(`${name} ask ${question.slice(0, 80)}`);
          caller.throwIfAborted();
          return answer(question) ?? (await never(caller));
        }, caller),
      [Symbol.asyncDispose]: async () => handle[Symbol.dispose](),
    };
  };
}

/** A device that says nothing is waited for until the caller gives up. */
const never = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
