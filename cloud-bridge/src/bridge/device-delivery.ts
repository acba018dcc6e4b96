import { DeviceContent } from "../controllers/device-content.ts";
import type { OpenPart } from "./bridge-part.ts";
import { deviceStatus } from "./device-status.ts";

/** Devices and their models, to the nodes that they are of, and back what becomes of them. */
export const deviceDelivery: OpenPart = async (context) => {
  const content = new DeviceContent(context);
  const status = await deviceStatus(context, content);
  return {
    ...status,
    name: "device delivery",
    content,
    async [Symbol.asyncDispose]() {
      await status[Symbol.asyncDispose]?.();
      content[Symbol.dispose]();
    },
  };
};
