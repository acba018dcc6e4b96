export { Faults } from "./faults.ts";
export { gpioNumbers, type PinResolver, SimBoard, type SimBoardOptions } from "./sim-board.ts";
export { SimLine } from "./sim-line.ts";
