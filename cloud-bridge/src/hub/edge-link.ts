/** The connection of one edge, as sessions see it: texts in order, and how much of them waits to be sent. */
export interface EdgeLink {
  send(text: string): void;
  /** Bytes that were sent but not taken by the edge yet. */
  readonly bufferedBytes: number;
  /** Stops reading, so that a flood fills the edge's buffers and not ours. */
  pause(): void;
  resume(): void;
  /** Says goodbye with a reason, and ends the connection also when nobody answers. */
  close(code: number, reason: string): void;
}
