import { defineModel } from "@edgetwin/mapper-sdk";
import { inputFloats, measured } from "./input-floats.ts";
import { product } from "./product.ts";

/** "SDM120 Modbus protocol implementation", section "Input registers": addresses as they go over the line. */
const values = {
  voltage: ["V", 0x0000, "line to neutral"],
  current: ["A", 0x0006, "current of the line"],
  power: ["W", 0x000c, "active power; negative when power is fed in"],
  "apparent-power": ["VA", 0x0012, "apparent power"],
  "reactive-power": ["var", 0x0018, "reactive power"],
  "power-factor": ["", 0x001e, "power factor"],
  frequency: ["Hz", 0x0046, "frequency of the mains"],
  "energy-imported": ["kWh", 0x0048, "active energy drawn since the meter was made"],
  "energy-exported": ["kWh", 0x004a, "active energy fed in since the meter was made"],
  "energy-total": ["kWh", 0x0156, "active energy in both directions"],
  "reactive-energy-total": ["kvarh", 0x0158, "reactive energy in both directions"],
} as const;

/**
 * Eastron SDM120-Modbus, a single-phase energy meter. It leaves the factory with 2400 baud, no parity, 1 stop bit, unit
 * 1, and answers at most 40 values, which are 80 registers, at once.
 */
export const sdm120Product = product({
  model: defineModel("sdm120", measured(values)),
  visitors: inputFloats(values),
  connection: { maxRegisters: 80 },
});
