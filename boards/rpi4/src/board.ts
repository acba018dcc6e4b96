import type { BoardPackage } from "@edgetwin/mapper-sdk";
import { detect } from "./detect.ts";
import { explainBoard, openBoard } from "./open-board.ts";
import { simulatedBoard } from "./simulated.ts";

/** What the agent looks for in this package: Raspberry Pi boards with the 40-pin header. */
export const board: BoardPackage = {
  kind: "board",
  name: "rpi4",
  detect: () => detect(),
  open: (options) => openBoard(options),
  explain: (options) => explainBoard(options),
  simulated: simulatedBoard,
};
