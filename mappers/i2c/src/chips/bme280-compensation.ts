import { i16le, u16le } from "../numbers.ts";

/** The trimming parameters of one BME280 (data sheet 4.2.2, table 16). */
export interface Trimming {
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
  readonly p: readonly number[];
  readonly h1: number;
  readonly h2: number;
  readonly h3: number;
  readonly h4: number;
  readonly h5: number;
  readonly h6: number;
}

/** Trimming parameters out of the registers 0x88 to 0xa1 and 0xe1 to 0xe7. */
export function trimmingOf(low: Uint8Array, high: Uint8Array): Trimming {
  const signed = (byte = 0) => (byte << 24) >> 24;
  const shared = high[4] ?? 0;
  return {
    t1: u16le(low, 0),
    t2: i16le(low, 2),
    t3: i16le(low, 4),
    p: [u16le(low, 6), ...[8, 10, 12, 14, 16, 18, 20, 22].map((at) => i16le(low, at))],
    h1: low[25] ?? 0,
    h2: i16le(high, 0),
    h3: high[2] ?? 0,
    // dig_H4 and dig_H5 are twelve bits long and share 0xe5.
    h4: (signed(high[3]) << 4) | (shared & 0x0f),
    h5: (signed(high[5]) << 4) | (shared >> 4),
    h6: signed(high[6]),
  };
}

/** `t_fine` of the data sheet: the temperature that the other two formulas need. */
export function fineTemperature(adc: number, { t1, t2, t3 }: Trimming): number {
  const first = (((adc >> 3) - (t1 << 1)) * t2) >> 11;
  const difference = (adc >> 4) - t1;
  const second = (((difference * difference) >> 12) * t3) >> 14;
  return first + second;
}

/** Hundredths of a degree Celsius (data sheet 4.2.3, BME280_compensate_T_int32). */
export const temperatureOf = (fine: number): number => (fine * 5 + 128) >> 8;

/** 1/256 pascal (data sheet 4.2.3, BME280_compensate_P_int64); 0 where the formula would divide by zero. */
export function pressureOf(adc: number, fine: number, { p }: Trimming): number {
  const [p1, p2, p3, p4, p5, p6, p7, p8, p9] = p.map(BigInt) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  let var1 = BigInt(fine) - 128000n;
  let var2 = var1 * var1 * p6;
  var2 += (var1 * p5) << 17n;
  var2 += p4 << 35n;
  var1 = ((var1 * var1 * p3) >> 8n) + ((var1 * p2) << 12n);
  var1 = (((1n << 47n) + var1) * p1) >> 33n;
  if (var1 === 0n) return 0;
  let pressure = 1048576n - BigInt(adc);
  pressure = (((pressure << 31n) - var2) * 3125n) / var1;
  var1 = (p9 * (pressure >> 13n) * (pressure >> 13n)) >> 25n;
  var2 = (p8 * pressure) >> 19n;
  return Number(((pressure + var1 + var2) >> 8n) + (p7 << 4n));
}

/** 1/1024 percent of relative humidity (data sheet 4.2.3, bme280_compensate_H_int32). */
export function humidityOf(adc: number, fine: number, { h1, h2, h3, h4, h5, h6 }: Trimming): number {
  const x = fine - 76800;
  const left = ((adc << 14) - (h4 << 20) - h5 * x + 16384) >> 15;
  const inner = ((((x * h6) >> 10) * (((x * h3) >> 11) + 32768)) >> 10) + 2097152;
  let value = left * ((inner * h2 + 8192) >> 14);
  value -= ((((value >> 15) * (value >> 15)) >> 7) * h1) >> 4;
  return Math.min(Math.max(value, 0), 419430400) >> 12;
}
