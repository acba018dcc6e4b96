export type { EmulatorContext, StartEmulator } from "./emulator.ts";
export { Faults } from "./faults.ts";
export { type LineServer, serveLines } from "./serve-lines.ts";
export { gpioNumbers, type PinResolver, SimBoard, type SimBoardOptions } from "./sim-board.ts";
export { SimLine } from "./sim-line.ts";
export { type AnswerLine, simulatedLines } from "./simulated-lines.ts";
