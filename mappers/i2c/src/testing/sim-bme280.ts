import type { Clock } from "@edgetwin/mapper-sdk";
import { RegisterChip } from "./register-chip.ts";

/** Trimming of the worked example (BMP280 data sheet 3.12) with humidity parameters of the size real chips have. */
const t = [27504, 26435, -1000] as const;
const p = [36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000] as const;
const h = { h1: 75, h2: 362, h3: 0, h4: 326, h5: 50, h6: 30 } as const;

function trimming(): Record<number, number> {
  const cells: Record<number, number> = {};
  [...t, ...p].forEach((value, index) => {
    cells[0x88 + 2 * index] = value & 0xff;
    cells[0x89 + 2 * index] = (value >> 8) & 0xff;
  });
  cells[0xa1] = h.h1;
  cells[0xe1] = h.h2 & 0xff;
  cells[0xe2] = h.h2 >> 8;
  cells[0xe3] = h.h3;
  cells[0xe4] = h.h4 >> 4;
  cells[0xe5] = (h.h4 & 0x0f) | ((h.h5 & 0x0f) << 4);
  cells[0xe6] = h.h5 >> 4;
  cells[0xe7] = h.h6;
  return cells;
}

/** A BME280: identity, trimming, forced measurements that take their time, and the raw numbers of a climate. */
export class SimBme280 extends RegisterChip {
  /** Raw numbers of the next measurement. */
  adc = { temperature: 519888, pressure: 415148, humidity: 28000 };
  #doneMs = 0;
  #measuring = false;

  constructor({ clock }: { readonly clock: Clock }) {
    super({
      reset: { ...trimming(), 208: 0x60, 247: 0x80, 250: 0x80, 253: 0x80 },
      onRead: (register) => {
        if (this.#measuring && clock.monotonic() >= this.#doneMs) this.#finish();
        return register === 0xf3 ? (this.#measuring ? 0x08 : 0) : undefined;
      },
      onWrite: (register, value) => {
        if (register !== 0xf4 || (value & 0b11) === 0) return;
        this.#measuring = true;
        // Data sheet 9.1, typical times.
        this.#doneMs =
          clock.monotonic() + 1 + 2 * (1 << ((value >> 5) - 1)) + 2 * (1 << (((value >> 2) & 7) - 1)) + 2.5;
      },
    });
  }

  /** Makes it measure this climate: degrees Celsius, hectopascal, percent. */
  setClimate({ temperature, pressure, humidity }: { temperature: number; pressure: number; humidity: number }): void {
    const raw = { temperature: nearest(2 ** 20, (adc) => celsius(adc).value, temperature), pressure: 0, humidity: 0 };
    const { fine } = celsius(raw.temperature);
    raw.pressure = nearest(2 ** 20, (adc) => -pascal(adc, fine), -pressure * 100);
    raw.humidity = nearest(2 ** 16, (adc) => percent(adc, fine), humidity);
    this.adc = raw;
  }

  #finish(): void {
    this.#measuring = false;
    const { temperature, pressure, humidity } = this.adc;
    const twenty = (value: number) => [value >> 12, (value >> 4) & 0xff, (value & 0x0f) << 4];
    this.cells.set([...twenty(pressure), ...twenty(temperature), humidity >> 8, humidity & 0xff], 0xf7);
    this.cells[0xf4] = (this.cells[0xf4] as number) & ~0b11;
  }
}

/** The raw number for which a rising function comes closest to `wanted`. */
function nearest(end: number, of: (adc: number) => number, wanted: number): number {
  let [low, high] = [0, end - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (of(middle) < wanted) low = middle + 1;
    else high = middle;
  }
  return low > 0 && wanted - of(low - 1) < of(low) - wanted ? low - 1 : low;
}

/** The floating-point formulas (BME280 data sheet 8.1), where the driver has those with whole numbers. */
function celsius(adc: number): { readonly value: number; readonly fine: number } {
  const first = (adc / 16384 - t[0] / 1024) * t[1];
  const fine = first + (adc / 131072 - t[0] / 8192) ** 2 * t[2];
  return { value: fine / 5120, fine };
}

function pascal(adc: number, fine: number): number {
  let var1 = fine / 2 - 64000;
  let var2 = (var1 * var1 * p[5]) / 32768 + var1 * p[4] * 2;
  var2 = var2 / 4 + p[3] * 65536;
  var1 = ((p[2] * var1 * var1) / 524288 + p[1] * var1) / 524288;
  var1 = (1 + var1 / 32768) * p[0];
  const raw = ((1048576 - adc - var2 / 4096) * 6250) / var1;
  return raw + ((p[8] * raw * raw) / 2147483648 + (raw * p[7]) / 32768 + p[6]) / 16;
}

function percent(adc: number, fine: number): number {
  const x = fine - 76800;
  const raw =
    (adc - (h.h4 * 64 + (h.h5 / 16384) * x)) *
    ((h.h2 / 65536) * (1 + (h.h6 / 67108864) * x * (1 + (h.h3 / 67108864) * x)));
  return Math.min(Math.max(raw * (1 - (h.h1 * raw) / 524288), 0), 100);
}
