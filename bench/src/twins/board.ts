import type { BoardPackage } from "@edgetwin/mapper-sdk";
import { SimBoard } from "@edgetwin/mapper-sdk/simulation";

/** The line whose changes the bench times. */
export const probeLine = "LINE0";

/** A simulated board with as many lines as wanted. It tells its parent process when the probe line changes. */
export const board: BoardPackage = {
  kind: "board",
  name: "bench",
  detect: async () => ({ present: false, reason: "the bench has none" }),
  open: async () => {
    throw new TypeError("the bench board is only simulated");
  },
  explain: async () => [],
  simulated() {
    const simulated = new SimBoard({ name: "bench board", pins: (pin) => String(pin) });
    simulated.line(probeLine).onChange((high) => process.send?.({ high, at: process.hrtime.bigint().toString() }));
    return simulated;
  },
};
