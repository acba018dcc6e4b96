import { defineModel, type Model, p } from "@edgetwin/mapper-sdk";
import type { DeviceShape } from "../../src/twin/types.ts";

/** A traffic light whose two contradicting lamps are interlocked. */
export const light = defineModel(
  "light",
  {
    red: p.oneOf(["OFF", "ON"], { access: "rw" }),
    green: p.oneOf(["OFF", "ON"], { access: "rw" }),
    level: p.int64({ min: 0n, max: 100n, access: "rw" }),
    lux: p.float(),
  },
  { interlocks: [{ never: { red: "ON", green: "ON" } }], failSafe: { red: "OFF", green: "OFF" } },
);

/** The shape of a device of `model`. */
export const shapeOf = (model: Model, served = true): DeviceShape => ({
  properties: new Map(Object.entries(model.properties)),
  served,
  ...(model.safety && { safety: model.safety }),
});

/** Somebody at the REST door. */
export const somebody = { door: "rest", actor: "test" } as const;
