import type { Manager } from "../edgecore/manager.ts";
import type { Connection } from "../transport/connect.ts";
import { describeDevice, describeModel } from "./describe.ts";
import { deviceManager } from "./services.ts";

/** EdgeCore gives a mapper ten seconds; a mapper is as patient. */
const timeoutMs = 10_000;

/** A manager that speaks v1alpha1 only: KubeEdge 1.12 to 1.14. */
export function managerOf(connection: Connection): Manager {
  const client = connection.client(deviceManager);
  return {
    async register({ name, version, protocol, address }) {
      const mapper = { name, version, apiVersion: "v1alpha1", protocol, address: Buffer.from(address), state: "ok" };
      const { modelList, deviceList } = await client.mapperRegister({ withData: true, mapper }, { timeoutMs });
      const models = new Map(modelList.map((model) => [model.name, model]));
      return { models: [...models.values()].map(describeModel), devices: deviceList.map(describeDevice) };
    },
    async reportTwins({ name: deviceName }, twins) {
      const reported = twins.map(({ property, observed, reported: value, type, at }) => ({
        propertyName: property,
        desired: { value: observed, metadata: new Map([["type", type]]) },
        // 1.12 and 1.13 refuse a report without `propertyType`, 1.14 one without `type`.
        reported: { value, metadata: new Map([...typed(type), ["timestamp", String(at)]]) },
      }));
      await client.reportDeviceStatus({ deviceName, reportedDevice: { twins: reported, state: "OK" } }, { timeoutMs });
    },
  };
}

const typed = (type: string): [string, string][] => [
  ["type", type],
  ["propertyType", type],
];
