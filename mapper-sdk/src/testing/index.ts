export type { ContractFixture, MethodCase, Push } from "./contract/fixture.ts";
export type { ContractPromise } from "./contract/rig.ts";
export { mapperContract, testMapperContract } from "./contract.ts";
export { Faults } from "./faults.ts";
export { ManualClock, settle } from "./manual-clock.ts";
export { gpioNumbers, type PinResolver, SimBoard, type SimBoardOptions } from "./sim-board.ts";
export { SimLine } from "./sim-line.ts";
