import { lineCycleMs, linePath, lineTimeoutMs, lineUnits, tagsPerLineUnit, tagsPerUnit, units } from "./layout.ts";

interface Plant {
  readonly units: number;
  readonly tags: number;
  readonly cycleMs: number;
  readonly connection: object;
}

/** A model of holding registers, and one device for each unit. */
function manifests({ units, tags, cycleMs, connection }: Plant): string {
  const names = Array.from({ length: tags }, (_, index) => `t${index}`);
  const model = {
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "DeviceModel",
    metadata: { name: "plc", namespace: "default" },
    spec: { protocol: "modbus", properties: names.map((name) => ({ name, type: "INT", accessMode: "ReadWrite" })) },
  };
  const devices = Array.from({ length: units }, (_, index) => ({
    apiVersion: "devices.kubeedge.io/v1beta1",
    kind: "Device",
    metadata: { name: `plc-${index + 1}`, namespace: "default" },
    spec: {
      deviceModelRef: { name: "plc" },
      protocol: { protocolName: "modbus", configData: { ...connection, unit: index + 1 } },
      properties: names.map((name, address) => ({
        name,
        collectCycle: cycleMs,
        visitors: { protocolName: "modbus", configData: { table: "holding", address, type: "u16" } },
      })),
    },
  }));
  return JSON.stringify({ apiVersion: "v1", kind: "List", items: [model, ...devices] });
}

/** A thousand tags behind a gateway on `port`. */
export const gatewayManifests = (port: number): string =>
  manifests({ units, tags: tagsPerUnit, cycleMs: 1000, connection: { host: "127.0.0.1", port } });

/** Units on one line of 9600 baud. */
export const lineManifests = (): string =>
  manifests({
    units: lineUnits,
    tags: tagsPerLineUnit,
    cycleMs: lineCycleMs,
    connection: { path: linePath, baudRate: 9600, timeoutMs: lineTimeoutMs },
  });
