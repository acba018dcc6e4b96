import type { Clock } from "@edgetwin/mapper-sdk";
import { SimBoard } from "@edgetwin/mapper-sdk/simulation";
import { headerLines } from "./header-lines.ts";
import { pinName } from "./pin-name.ts";

/** A board of memory with this header: pins can be named in every way that the real board understands. */
export function simulatedBoard(options: { readonly name?: string; readonly clock?: Clock } = {}): SimBoard {
  return new SimBoard({ name: "simulated Raspberry Pi 4", ...options, pins: pinName, header: headerLines });
}
