import { devices, properties } from "./load.ts";

/** One model of ten switches and a hundred devices, each switch on a line of its own; LINE0 is the probe's. */
export function benchManifests(): string {
  const names = Array.from({ length: properties }, (_, index) => `p${index}`);
  const model = {
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "DeviceModel",
    metadata: { name: "bench", namespace: "default" },
    spec: { protocol: "gpio", properties: names.map((name) => ({ name, type: "BOOLEAN", accessMode: "ReadWrite" })) },
  };
  const instances = Array.from({ length: devices }, (_, device) => ({
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "Device",
    metadata: { name: `bench-${device}`, namespace: "default" },
    spec: {
      deviceModelRef: { name: "bench" },
      protocol: { protocolName: "gpio", configData: {} },
      properties: names.map((name, index) => ({
        name,
        visitors: { protocolName: "gpio", configData: { pin: `LINE${device * properties + index}` } },
        reportToCloud: true,
      })),
    },
  }));
  return JSON.stringify({ apiVersion: "v1", kind: "List", items: [model, ...instances] });
}
