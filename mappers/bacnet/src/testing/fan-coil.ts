import type { Clock } from "@edgetwin/mapper-sdk";
import { EmulatedDevice, type EmulatedDeviceOptions } from "./emulated-device.ts";
import { analog, binary, multiState } from "./objects.ts";

/** Units by their numbers (ASHRAE 135 clause 21). */
const degreesCelsius = 62;
const percent = 98;

/** A fan coil unit as hotels and offices have them: room temperature, setpoint, valve, fan, window, filter. */
export function fanCoil(
  instance: number,
  options: Partial<Omit<EmulatedDeviceOptions, "objects" | "instance">> & { readonly clock?: Clock } = {},
): EmulatedDevice {
  return new EmulatedDevice({
    name: `FCU-${instance}`,
    vendor: "Edgetwin",
    model: "fan coil",
    ...options,
    instance,
    objects: [
      analog("input", 1, { name: "Room Temperature", value: 21.5, units: degreesCelsius, increment: 0.2 }),
      analog("value", 1, { name: "Setpoint", value: 21, units: degreesCelsius, min: 10, max: 30, increment: 0.1 }),
      analog("output", 1, { name: "Valve", value: 0, units: percent, min: 0, max: 100, increment: 1 }),
      binary("input", 1, { name: "Window Contact", active: false, texts: ["closed", "open"] }),
      binary("output", 1, { name: "Fan", active: false, texts: ["off", "on"] }),
      multiState("value", 1, { name: "Mode", state: 1, states: ["off", "heat", "cool", "auto"] }),
      multiState("input", 1, { name: "Filter", state: 1, states: ["clean", "soiled", "clogged"] }),
    ],
  });
}
