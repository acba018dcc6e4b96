import type { Clock } from "@edgetwin/mapper-sdk";
import { RegisterChip } from "./register-chip.ts";

const bcd = (number: number) => (Math.floor(number / 10) << 4) | (number % 10);
const fromBcd = (byte: number) => (byte >> 4) * 10 + (byte & 0x0f);

/** A DS3231 whose clock goes on with the injected one. */
export class SimDs3231 extends RegisterChip {
  /** Degrees Celsius, in quarters. */
  celsius = 21.5;
  readonly #clock: Clock;
  /** What it shows less what the injected clock does. */
  #offsetMs: number;

  constructor({ clock, time = Date.UTC(2026, 0, 1) }: { readonly clock: Clock; readonly time?: number }) {
    super({
      // After a loss of power the oscillator-stop flag is set.
      reset: { 14: 0x1c, 15: 0x88 },
      next: (register) => (register + 1) % 0x13,
      onRead: (register) => {
        if (register < 7) return this.#shown()[register];
        if (register === 0x11) return Math.floor(this.celsius) & 0xff;
        if (register === 0x12) return (Math.round((this.celsius - Math.floor(this.celsius)) * 4) & 3) << 6;
        return undefined;
      },
      onWrite: (register) => {
        if (register === 6) this.#set();
      },
    });
    this.#clock = clock;
    this.#offsetMs = time - clock.monotonic();
  }

  #shown(): readonly number[] {
    const time = new Date(this.#clock.monotonic() + this.#offsetMs);
    const year = time.getUTCFullYear();
    return [
      bcd(time.getUTCSeconds()),
      bcd(time.getUTCMinutes()),
      bcd(time.getUTCHours()),
      time.getUTCDay() + 1,
      bcd(time.getUTCDate()),
      bcd(time.getUTCMonth() + 1) | (year >= 2100 ? 0x80 : 0),
      bcd(year % 100),
    ];
  }

  #set(): void {
    const [s, m, h, , day, month, year] = [...this.cells.subarray(0, 7)] as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const full = (month & 0x80 ? 2100 : 2000) + fromBcd(year);
    const time = Date.UTC(full, fromBcd(month & 0x1f) - 1, fromBcd(day), fromBcd(h), fromBcd(m), fromBcd(s));
    this.#offsetMs = time - this.#clock.monotonic();
  }
}
