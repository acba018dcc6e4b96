import type { Chip } from "./chip.ts";
import { ads1115 } from "./chips/ads1115.ts";
import { at24c } from "./chips/at24c.ts";
import { bme280 } from "./chips/bme280.ts";
import { ds3231 } from "./chips/ds3231.ts";
import { ina219 } from "./chips/ina219.ts";
import { mcp23017 } from "./chips/mcp23017.ts";
import { pca9685 } from "./chips/pca9685.ts";
import { sht31 } from "./chips/sht31.ts";
import { ssd1306 } from "./chips/ssd1306.ts";
import { tmp102 } from "./chips/tmp102.ts";

/** The chips that the mapper knows, by their name in the configuration. */
export const chips: ReadonlyMap<string, Chip> = new Map(
  [ads1115, at24c, bme280, ds3231, ina219, mcp23017, pca9685, sht31, ssd1306, tmp102].map((chip) => [chip.name, chip]),
);
