import type { TransportListener } from "./transport.ts";

/** Who hears a transport: the newest listener, each packet and the loss once, nothing after the close. */
export class Listeners {
  #listener: TransportListener | undefined;
  #lost: Error | undefined;
  #closed = false;

  /** Why the transport can no longer be used. */
  get lost(): Error | undefined {
    return this.#lost;
  }

  listen(listener: TransportListener): void {
    this.#listener = listener;
    if (this.#lost) listener.lost(this.#lost);
  }

  packets(packets: readonly Buffer[]): void {
    for (const packet of packets) if (!this.#closed && !this.#lost) this.#listener?.packet(packet);
  }

  lose(error: Error): void {
    if (this.#closed || this.#lost) return;
    this.#lost = error;
    this.#listener?.lost(error);
  }

  close(): void {
    this.#closed = true;
    this.#listener = undefined;
  }
}
