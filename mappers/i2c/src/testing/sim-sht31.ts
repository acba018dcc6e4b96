import type { Clock } from "@edgetwin/mapper-sdk";
import { crc8Sensirion } from "@edgetwin/mapper-sdk/codecs";
import { type I2cChip, nack } from "@edgetwin/mapper-sdk/simulation";

/** Typical duration of a measurement by its command (SHT3x data sheet, tables 4 and 9), in milliseconds. */
const durations = new Map([
  [0x2400, 12.5],
  [0x240b, 4.5],
  [0x2416, 2.5],
]);

/** An SHT31 without clock stretching: it does not acknowledge its address while it measures, and forgets an answer it gave. */
export class SimSht31 implements I2cChip {
  temperature = 21.5;
  humidity = 45;
  heater = false;
  readonly #clock: Clock;
  #answer: Uint8Array | undefined;
  #doneMs = 0;

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
  }

  write(bytes: Uint8Array): void {
    if (this.#clock.monotonic() < this.#doneMs) throw nack("address", "it measures");
    if (bytes.length === 0) return;
    const command = ((bytes[0] as number) << 8) | (bytes[1] ?? 0);
    const duration = durations.get(command);
    if (duration !== undefined) {
      this.#doneMs = this.#clock.monotonic() + duration;
      this.#answer = words(
        Math.round(((this.temperature + 45) * 65535) / 175),
        Math.round((this.humidity * 65535) / 100),
      );
    } else if (command === 0x306d || command === 0x3066) this.heater = command === 0x306d;
    else if (command === 0x30a2) this.heater = false;
    else if (command === 0xf32d) this.#answer = words(this.heater ? 1 << 13 : 0);
    else throw nack("data", "it knows no such command");
  }

  read(length: number): Uint8Array {
    if (this.#clock.monotonic() < this.#doneMs) throw nack("address", "it measures");
    if (!this.#answer) throw nack("address", "nothing was measured");
    const answer = this.#answer.subarray(0, length);
    this.#answer = undefined;
    return answer;
  }
}

function words(...values: number[]): Uint8Array {
  return Uint8Array.from(
    values.flatMap((value) => {
      const word = Uint8Array.of(value >> 8, value & 0xff);
      return [...word, crc8Sensirion(word)];
    }),
  );
}
