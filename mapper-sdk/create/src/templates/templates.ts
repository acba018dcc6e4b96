import { didYouMean } from "@edgetwin/mapper-sdk";
import { CreateError } from "../errors.ts";
import { custom } from "./custom.ts";
import { gpio } from "./gpio.ts";
import { i2c } from "./i2c.ts";
import { modbus } from "./modbus.ts";
import type { Template } from "./template.ts";

/** Every protocol that a mapper can begin with; the first is the default. */
export const templates: readonly Template[] = [custom, gpio, i2c, modbus];

/** @throws CreateError `PROTOCOL_INVALID` with the protocols there are. */
export function templateOf(protocol: string): Template {
  const found = templates.find((template) => template.protocol === protocol);
  if (found) return found;
  const names = templates.map((template) => template.protocol);
  const shown = JSON.stringify(protocol.slice(0, 80));
  const hint = didYouMean(protocol, names);
  throw new CreateError("PROTOCOL_INVALID", `there is no template for ${shown}; choose ${names.join(", ")}${hint}`);
}
