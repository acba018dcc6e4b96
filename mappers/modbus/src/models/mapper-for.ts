import type { DeviceConfig, Model } from "@edgetwin/mapper-sdk";
import { modbus } from "../modbus.ts";
import type { Product } from "./product.ts";

/** The mapper for a product: a Device needs to say only how it is reached. */
export function mapperFor<M extends Model>({ model, visitors, connection }: Product<M>) {
  const defaults = (): DeviceConfig => ({ visitors, ...(connection && { connection }) });
  return { ...modbus.bind(model, visitors), defaults };
}
