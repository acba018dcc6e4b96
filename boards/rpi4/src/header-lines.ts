import type { GpioLine } from "@edgetwin/mapper-sdk";
import { headerPins } from "./header.ts";

/** The lines of the header as the board interface has them, in the order of their positions. */
export const headerLines: readonly GpioLine[] = [...headerPins]
  .sort((a, b) => a.physical - b.physical)
  .map(({ bcm, physical, labels }) => ({ name: `GPIO${bcm}`, pin: physical, labels }));
