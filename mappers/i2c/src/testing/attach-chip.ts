import type { Clock } from "@edgetwin/mapper-sdk";
import type { SimBoard } from "@edgetwin/mapper-sdk/simulation";
import { SimAds1115 } from "./sim-ads1115.ts";
import { SimAt24c } from "./sim-at24c.ts";
import { SimBme280 } from "./sim-bme280.ts";
import { SimDs3231 } from "./sim-ds3231.ts";
import { SimIna219 } from "./sim-ina219.ts";
import { SimMcp23017 } from "./sim-mcp23017.ts";
import { SimPca9685 } from "./sim-pca9685.ts";
import { SimSht31 } from "./sim-sht31.ts";
import { SimSsd1306 } from "./sim-ssd1306.ts";
import { SimTmp102 } from "./sim-tmp102.ts";

/** How each emulator is made, and where it is unless told otherwise. */
const makers = {
  ads1115: { address: 0x48, make: (clock: Clock) => new SimAds1115({ clock }) },
  bme280: { address: 0x76, make: (clock: Clock) => new SimBme280({ clock }) },
  ds3231: { address: 0x68, make: (clock: Clock) => new SimDs3231({ clock }) },
  ina219: { address: 0x40, make: () => new SimIna219() },
  mcp23017: { address: 0x20, make: () => new SimMcp23017() },
  pca9685: { address: 0x40, make: () => new SimPca9685() },
  sht31: { address: 0x44, make: (clock: Clock) => new SimSht31({ clock }) },
  ssd1306: { address: 0x3c, make: () => new SimSsd1306() },
  tmp102: { address: 0x48, make: () => new SimTmp102() },
} as const;

/** Where a chip goes. */
export interface AttachOptions {
  readonly clock: Clock;
  readonly bus?: number | string;
  readonly address?: number;
}

/** Chips that {@link attachChip} knows. */
export type SimChipName = keyof typeof makers | "at24c";

/** What {@link attachChip} puts on a bus. */
export type SimChip<N extends SimChipName> = N extends keyof typeof makers
  ? ReturnType<(typeof makers)[N]["make"]>
  : SimAt24c;

/** Puts an emulated chip on a bus of `board`, bus 1 unless told otherwise; `detach` pulls it. */
export function attachChip<N extends SimChipName>(
  board: SimBoard,
  name: N,
  { clock, bus = 1, address }: AttachOptions,
): { readonly chip: SimChip<N>; readonly detach: () => void } {
  if (name === "at24c") {
    const memory = new SimAt24c({ clock });
    return { chip: memory as SimChip<N>, detach: memory.attach(board, bus, address ?? 0x50) };
  }
  const maker = makers[name as keyof typeof makers];
  const chip = maker.make(clock);
  return { chip: chip as SimChip<N>, detach: board.i2cBus(bus).attach(address ?? maker.address, chip) };
}
