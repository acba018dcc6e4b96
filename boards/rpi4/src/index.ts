export type { BackendName, BoardOptions } from "./backend.ts";
export { board } from "./board.ts";
export { type Detection, detect } from "./detect.ts";
export { type HeaderPin, headerPins, powerPins } from "./header.ts";
export { type ExplainingBoard, explainBoard, openBoard } from "./open-board.ts";
export { headerPin, pinName } from "./pin-name.ts";
export { simulatedBoard } from "./simulated.ts";
