/** One pin of the 40-pin header that carries a GPIO line. */
export interface HeaderPin {
  /** Line number of the SoC ("BCM" number); also the line offset on the chip of every Raspberry Pi. */
  readonly bcm: number;
  /** Position on the header, 1 to 40. */
  readonly physical: number;
  /** Number that wiringPi gave it. */
  readonly wiringPi: number;
  /** Names of its usual function, as printed on pin-out cards and as the kernel labels the line. */
  readonly labels: readonly string[];
}

type Row = readonly [bcm: number, physical: number, wiringPi: number, ...labels: string[]];

/**
 * The lines of the 40-pin header, the same on every Raspberry Pi since the B+ (2014).
 * Sources: Raspberry Pi documentation, "GPIO and the 40-pin header"; wiringPi pin map (`gpio readall`); labels also from
 * `gpio-line-names` in the kernel's bcm2711-rpi-4-b.dts. Labels that two pins share (PWM0, PWM1) are left out.
 */
const rows: readonly Row[] = [
  [0, 27, 30, "ID_SD", "ID_SDA", "SDA0"],
  [1, 28, 31, "ID_SC", "ID_SCL", "SCL0"],
  [2, 3, 8, "SDA1", "SDA"],
  [3, 5, 9, "SCL1", "SCL"],
  [4, 7, 7, "GPCLK0", "GPIO_GCLK"],
  [5, 29, 21, "GPCLK1"],
  [6, 31, 22, "GPCLK2"],
  [7, 26, 11, "CE1", "SPI_CE1_N", "SPI0_CE1"],
  [8, 24, 10, "CE0", "SPI_CE0_N", "SPI0_CE0"],
  [9, 21, 13, "MISO", "SPI_MISO", "SPI0_MISO"],
  [10, 19, 12, "MOSI", "SPI_MOSI", "SPI0_MOSI"],
  [11, 23, 14, "SCLK", "SPI_SCLK", "SPI0_SCLK"],
  [12, 32, 26],
  [13, 33, 23],
  [14, 8, 15, "TXD", "TXD0", "TXD1"],
  [15, 10, 16, "RXD", "RXD0", "RXD1"],
  [16, 36, 27, "SPI1_CE2"],
  [17, 11, 0, "SPI1_CE1"],
  [18, 12, 1, "PCM_CLK", "SPI1_CE0"],
  [19, 35, 24, "PCM_FS", "SPI1_MISO"],
  [20, 38, 28, "PCM_DIN", "SPI1_MOSI"],
  [21, 40, 29, "PCM_DOUT", "SPI1_SCLK"],
  [22, 15, 3],
  [23, 16, 4],
  [24, 18, 5],
  [25, 22, 6],
  [26, 37, 25],
  [27, 13, 2],
];

/** The 28 lines of the header, by BCM number. */
export const headerPins: readonly HeaderPin[] = rows.map(([bcm, physical, wiringPi, ...labels]) => ({
  bcm,
  physical,
  wiringPi,
  labels,
}));

/** What the twelve header pins without a line carry, by physical position. */
export const powerPins: ReadonlyMap<number, "3.3 V" | "5 V" | "ground"> = new Map([
  ...[1, 17].map((pin) => [pin, "3.3 V"] as const),
  ...[2, 4].map((pin) => [pin, "5 V"] as const),
  ...[6, 9, 14, 20, 25, 30, 34, 39].map((pin) => [pin, "ground"] as const),
]);
