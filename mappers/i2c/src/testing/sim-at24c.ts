import type { Clock } from "@edgetwin/mapper-sdk";
import { type I2cChip, nack, type SimBoard } from "@edgetwin/mapper-sdk/simulation";

/** How large an EEPROM is. */
export interface SimAt24cOptions {
  readonly clock: Clock;
  /** Bytes in all. Default 256. */
  readonly bytes?: number;
  readonly pageBytes?: number;
  /** Bytes of an address. Default 1. */
  readonly addressBytes?: 1 | 2;
  /** How long storing takes. Default 5 ms. */
  readonly writeCycleMs?: number;
}

/** An AT24C: writes go round within their page, and while it stores it acknowledges nothing. */
export class SimAt24c {
  readonly memory: Uint8Array;
  /** How often each page was stored. */
  readonly stores = new Map<number, number>();
  readonly #options: Required<SimAt24cOptions>;
  #pointer = 0;
  #pending: { readonly page: number; readonly bytes: readonly number[]; readonly from: number } | undefined;
  #busyUntilMs = 0;

  constructor(options: SimAt24cOptions) {
    this.#options = { bytes: 256, pageBytes: 8, addressBytes: 1, writeCycleMs: 5, ...options };
    this.memory = new Uint8Array(this.#options.bytes).fill(0xff);
  }

  /** Puts it on a bus of `board` at `address`, and at those after it when it has more than 256 bytes for each address. */
  attach(board: SimBoard, bus: number | string, address: number): () => void {
    const { bytes, addressBytes } = this.#options;
    const banks = addressBytes === 1 ? Math.max(1, bytes / 256) : 1;
    const detach = Array.from({ length: banks }, (_, bank) =>
      board.i2cBus(bus).attach(address + bank, this.#bank(bank)),
    );
    return () => {
      for (const off of detach) off();
    };
  }

  #bank(bank: number): I2cChip {
    return {
      write: (bytes) => this.#write(bank, bytes),
      read: (length) => {
        this.#checkBusy();
        return Uint8Array.from({ length }, () => this.memory[this.#pointer++ % this.memory.length] as number);
      },
      stop: () => this.#store(),
    };
  }

  #write(bank: number, bytes: Uint8Array): void {
    this.#checkBusy();
    const { addressBytes, pageBytes } = this.#options;
    if (bytes.length < addressBytes) return;
    const address =
      addressBytes === 1 ? (bank << 8) | (bytes[0] as number) : ((bytes[0] as number) << 8) | (bytes[1] as number);
    this.#pointer = address % this.memory.length;
    const values = [...bytes.subarray(addressBytes)];
    if (values.length === 0) return;
    const page = Math.floor(this.#pointer / pageBytes);
    this.#pending = { page, bytes: values, from: this.#pointer % pageBytes };
  }

  #store(): void {
    const { clock, pageBytes, writeCycleMs } = this.#options;
    if (!this.#pending) return;
    const { page, bytes, from } = this.#pending;
    bytes.forEach((byte, index) => {
      this.memory[page * pageBytes + ((from + index) % pageBytes)] = byte;
    });
    this.stores.set(page, (this.stores.get(page) ?? 0) + 1);
    this.#pending = undefined;
    this.#busyUntilMs = clock.monotonic() + writeCycleMs;
  }

  #checkBusy(): void {
    if (this.#options.clock.monotonic() < this.#busyUntilMs) throw nack("address", "it stores");
  }
}
