import { EventEmitter } from "node:events";
import { withCrc } from "../wire/rtu.ts";
import type { Adu } from "../wire/wire.ts";

/**
 * What modbus-serial takes for a serial port. It hands over a request with its checksum and gets back the one answer
 * that belongs to it: framing, waiting and giving up are ours.
 */
export class LibraryPort extends EventEmitter {
  readonly isOpen = true;
  readonly #exchange: (request: Adu) => Promise<Adu>;
  readonly #onFailure: (error: unknown) => void;

  constructor(exchange: (request: Adu) => Promise<Adu>, onFailure: (error: unknown) => void) {
    super();
    this.#exchange = exchange;
    this.#onFailure = onFailure;
  }

  open(opened: (error?: Error) => void): void {
    opened();
  }

  /** The library's end of the line goes with its client; the wire is not its own. */
  close(closed?: () => void): void {
    closed?.();
  }

  write(frame: Uint8Array): void {
    this.#exchange(frame.subarray(0, -2))
      .then((answer) => this.emit("data", withCrc(answer)))
      .catch(this.#onFailure);
  }
}
