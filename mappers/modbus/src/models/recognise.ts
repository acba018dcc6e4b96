import type { ModbusClient } from "../client/modbus-client.ts";
import type { Recognisable } from "../discover.ts";
import { sdm120Product } from "./sdm120.ts";
import { sdm630Product } from "./sdm630.ts";
import { temperatureHumidityProduct } from "./temperature-humidity.ts";

const float = async (client: ModbusClient, address: number): Promise<number> =>
  Buffer.from(await client.readRegisters("input", address, 2)).readFloatBE();

const within = (value: number, min: number, max: number): boolean => value >= min && value <= max;

/** Where Eastron's meters keep the frequency of the mains, and the voltage of phase 2 in those that have one. */
const [frequencyAddress, voltageL2Address] = [0x0046, 0x0002];

/** Looks like one, though others may look the same. */
const likely = 0.6;

const isMeter = async (client: ModbusClient): Promise<boolean> =>
  within(await float(client, frequencyAddress), 45, 66) && within(await float(client, 0), 50, 300);

/** The products of the library that show by their values what they are. */
export const recognisable: readonly Recognisable[] = [
  {
    product: sdm120Product,
    recognise: async (client) => ((await isMeter(client)) ? likely / 2 : 0),
  },
  {
    product: sdm630Product,
    // On one phase alone it looks like its little brother.
    recognise: async (client) =>
      (await isMeter(client)) && within(await float(client, voltageL2Address), 50, 300) ? likely : 0,
  },
  {
    product: temperatureHumidityProduct,
    async recognise(client) {
      const registers = Buffer.from(await client.readRegisters("input", 1, 2));
      const isClimate = within(registers.readInt16BE(0), -400, 800) && within(registers.readUInt16BE(2), 1, 1000);
      return isClimate && !(await isMeter(client).catch(() => false)) ? likely / 2 : 0;
    },
  },
];
