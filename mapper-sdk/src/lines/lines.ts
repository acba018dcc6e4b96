import type { Board } from "../hal.ts";

/** Where a device that speaks in lines listens on TCP. */
export interface LineAddress {
  readonly host: string;
  readonly port: number;
}

/** A conversation in lines: one question, one answer. */
export interface Lines extends AsyncDisposable {
  /**
   * Sends `question` as one line and returns the next line without its end. One question is on its way at a time; others
   * wait. Rejects with HalError `"disconnected"` when the connection is lost; the next question connects anew. When
   * `signal` aborts, nobody waits for the answer any more, and a late one is not taken for that of another question.
   */
  ask(question: string, signal: AbortSignal): Promise<string>;
}

/** What `open` of a mapper hands on to a {@link ConnectLines}. */
export interface LinesContext {
  readonly board: Board;
  readonly signal: AbortSignal;
}

/** Opens a conversation: `connectLines` over TCP, `simulatedLines` of `@edgetwin/mapper-sdk/simulation` in memory. */
export type ConnectLines = (address: LineAddress, context: LinesContext) => Promise<Lines>;
