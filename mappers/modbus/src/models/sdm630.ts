import { defineModel } from "@edgetwin/mapper-sdk";
import { inputFloats, measured } from "./input-floats.ts";
import { product } from "./product.ts";

/** "SDM630 Modbus protocol implementation", section "Input registers": addresses as they go over the line. */
const values = {
  "voltage-l1": ["V", 0x0000, "phase 1 to neutral"],
  "voltage-l2": ["V", 0x0002, "phase 2 to neutral"],
  "voltage-l3": ["V", 0x0004, "phase 3 to neutral"],
  "current-l1": ["A", 0x0006, "current of phase 1"],
  "current-l2": ["A", 0x0008, "current of phase 2"],
  "current-l3": ["A", 0x000a, "current of phase 3"],
  "power-l1": ["W", 0x000c, "active power of phase 1; negative when power is fed in"],
  "power-l2": ["W", 0x000e, "active power of phase 2; negative when power is fed in"],
  "power-l3": ["W", 0x0010, "active power of phase 3; negative when power is fed in"],
  "power-factor-l1": ["", 0x001e, "power factor of phase 1"],
  "power-factor-l2": ["", 0x0020, "power factor of phase 2"],
  "power-factor-l3": ["", 0x0022, "power factor of phase 3"],
  power: ["W", 0x0034, "active power of all phases; negative when power is fed in"],
  "apparent-power": ["VA", 0x0038, "apparent power of all phases"],
  "reactive-power": ["var", 0x003c, "reactive power of all phases"],
  "power-factor": ["", 0x003e, "power factor of all phases"],
  frequency: ["Hz", 0x0046, "frequency of the mains"],
  "energy-imported": ["kWh", 0x0048, "active energy drawn since the meter was made"],
  "energy-exported": ["kWh", 0x004a, "active energy fed in since the meter was made"],
  "current-neutral": ["A", 0x00e0, "current of the neutral conductor"],
  "energy-total": ["kWh", 0x0156, "active energy in both directions"],
  "reactive-energy-total": ["kvarh", 0x0158, "reactive energy in both directions"],
} as const;

/**
 * Eastron SDM630-Modbus, a three-phase energy meter. It leaves the factory with 9600 baud, no parity, 1 stop bit, unit 1,
 * and answers at most 40 values, which are 80 registers, at once.
 */
export const sdm630Product = product({
  model: defineModel("sdm630", measured(values)),
  visitors: inputFloats(values),
  connection: { maxRegisters: 80 },
});
