export { Faults } from "./faults.ts";
export { ManualClock, settle } from "./manual-clock.ts";
export { gpioNumbers, type PinResolver, SimBoard } from "./sim-board.ts";
export { SimLine } from "./sim-line.ts";
