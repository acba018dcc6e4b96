import { DeviceContent } from "../controllers/device-content.ts";
import type { OpenPart } from "./bridge-part.ts";

/** Devices and their models, to the nodes that they are of. */
export const deviceDelivery: OpenPart = async ({ devices, models }) => {
  const content = new DeviceContent({ devices, models });
  return { name: "device delivery", content, [Symbol.asyncDispose]: async () => content[Symbol.dispose]() };
};
