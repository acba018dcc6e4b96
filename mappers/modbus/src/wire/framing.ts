import type { Adu } from "./wire.ts";

/** How requests and answers lie in a stream of bytes. Has state: one per connection. */
export interface Framing {
  /** Prepares for the next exchange and returns the bytes to send. What arrived before is forgotten. */
  request(adu: Adu): Uint8Array;
  /** Takes bytes that arrived; returns the answer once it is complete. */
  receive(bytes: Uint8Array): Adu | undefined;
  /** What arrived since the request and is no answer. */
  readonly received: Uint8Array;
}
