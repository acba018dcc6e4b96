import { defineModel, p } from "@edgetwin/mapper-sdk";
import { product } from "./product.ts";

/**
 * The RS-485 sensors for temperature and humidity that many makers sell around an SHT20 (XY-MD02 and its kin): tenths in
 * the input registers 1 and 2, tenths of a correction in the holding registers 0x0103 and 0x0104, which take -10 to 10.
 */
export const temperatureHumidityProduct = product({
  model: defineModel("temperature-humidity-rs485", {
    temperature: p.float({ unit: "Cel", description: "temperature of the air" }),
    humidity: p.float({ unit: "%", description: "relative humidity of the air" }),
    "temperature-correction": p.float({
      access: "rw",
      min: -10,
      max: 10,
      unit: "K",
      description: "added to what is measured",
    }),
    "humidity-correction": p.float({
      access: "rw",
      min: -10,
      max: 10,
      unit: "%",
      description: "added to what is measured",
    }),
  }),
  visitors: {
    temperature: { table: "input", address: 1, type: "i16", scale: 0.1 },
    humidity: { table: "input", address: 2, type: "u16", scale: 0.1 },
    "temperature-correction": { table: "holding", address: 0x0103, type: "i16", scale: 0.1 },
    "humidity-correction": { table: "holding", address: 0x0104, type: "i16", scale: 0.1 },
  },
});
