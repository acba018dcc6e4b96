import { defineModel, p } from "@edgetwin/mapper-sdk";

/** What the tests want of a fan coil. */
export const fanCoilModel = defineModel("fan-coil", {
  temperature: p.float(),
  setpoint: p.float({ access: "rw" }),
  fan: p.boolean({ access: "rw" }),
});

export const fanCoilVisitors = {
  temperature: { object: "AI:1" },
  setpoint: { object: "AV:1" },
  fan: { object: "BO:1" },
} as const;
