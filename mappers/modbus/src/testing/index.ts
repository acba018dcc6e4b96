export { methodCases } from "./method-cases.ts";
export { type Answering, type EmulatedAnswer, ModbusEmulator } from "./modbus-emulator.ts";
export { Bank, ModbusUnit, type UnitFaults, type UnitOptions } from "./modbus-unit.ts";
export { modbusLine } from "./serial-line.ts";
export { type ModbusServer, type ServeOptions, serveModbus } from "./serve-modbus.ts";
