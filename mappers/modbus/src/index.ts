import { mapperFor } from "./models/mapper-for.ts";
import { relayBoard8Product } from "./models/relay-board-8.ts";
import { sdm120Product } from "./models/sdm120.ts";
import { sdm630Product } from "./models/sdm630.ts";
import { temperatureHumidityProduct } from "./models/temperature-humidity.ts";

export { modbus } from "./modbus.ts";
export type { ModbusRegister } from "./visitors/native-visitor.ts";

/** Eastron SDM120-Modbus, a single-phase energy meter. */
export const sdm120 = mapperFor(sdm120Product);
/** Eastron SDM630-Modbus, a three-phase energy meter. */
export const sdm630 = mapperFor(sdm630Product);
/** Boards with eight relays. */
export const relayBoard8 = mapperFor(relayBoard8Product);
/** RS-485 sensors for temperature and humidity. */
export const temperatureHumidity = mapperFor(temperatureHumidityProduct);
