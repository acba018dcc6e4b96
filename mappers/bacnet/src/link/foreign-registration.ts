import type { Clock, Log, Timer } from "@edgetwin/mapper-sdk";
import { encodeBvlc } from "../wire/bvlc.ts";
import type { UdpAddress } from "../wire/udp-address.ts";

/** How to be a foreign device (ASHRAE 135 Annex J.5.2). */
export interface Foreign {
  readonly bbmd: UdpAddress;
  readonly ttlSeconds: number;
}

/** Soon after one that failed, and not too often. */
const againMs = 5_000;

/** Keeps this machine in a BBMD's table of foreign devices, so that it hears and is heard beyond its own subnet. */
export class ForeignRegistration implements Disposable {
  readonly #foreign: Foreign;
  readonly #parts: { readonly clock: Clock; readonly log: Log; readonly send: (datagram: Uint8Array) => Promise<void> };
  #timer: Timer | undefined;
  #waiters: (() => void)[] = [];
  #state: "asked" | "registered" | "refused" = "asked";

  constructor(
    foreign: Foreign,
    parts: { readonly clock: Clock; readonly log: Log; readonly send: (datagram: Uint8Array) => Promise<void> },
  ) {
    this.#foreign = foreign;
    this.#parts = parts;
  }

  /** Registers now, and again before half of the time is over, until disposed. */
  begin(): void {
    const { clock, send, log } = this.#parts;
    const { bbmd, ttlSeconds } = this.#foreign;
    this.#timer = clock.after(againMs, () => this.begin());
    send(encodeBvlc({ kind: "register", ttlSeconds })).catch((error: unknown) =>
      log.warn("bacnet.bbmd-unreachable", { bbmd, error }),
    );
  }

  /** Resolves when the BBMD has answered once, however. */
  answered(): Promise<void> {
    if (this.#state !== "asked") return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Takes the BBMD's answer (J.2.1). */
  take(code: number): void {
    const { bbmd, ttlSeconds } = this.#foreign;
    const { clock, log } = this.#parts;
    const was = this.#state;
    this.#state = code === 0 ? "registered" : "refused";
    if (this.#state === "refused" && was !== "refused") log.warn("bacnet.bbmd-refused", { bbmd, code });
    if (this.#state === "registered" && was !== "registered") log.info("bacnet.bbmd-registered", { bbmd, ttlSeconds });
    for (const resolve of this.#waiters.splice(0)) resolve();
    if (this.#state === "refused") return;
    this.#timer?.[Symbol.dispose]();
    this.#timer = clock.after(ttlSeconds * 450, () => this.begin());
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}
