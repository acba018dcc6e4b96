import type { Manager } from "../edgecore/manager.ts";
import type { Connection } from "../transport/connect.ts";
import { describeDevice, describeModel } from "./describe.ts";
import { deviceManager } from "./services.ts";

/** EdgeCore gives a mapper ten seconds; a mapper is as patient. */
const timeoutMs = 10_000;

/** A manager that speaks v1beta1. */
export function managerOf(connection: Connection): Manager {
  const client = connection.client(deviceManager);
  return {
    async register({ name, version, protocol, address }) {
      const mapper = { name, version, apiVersion: "v1beta1", protocol, address: Buffer.from(address), state: "ok" };
      const { modelList, deviceList } = await client.mapperRegister({ withData: true, mapper }, { timeoutMs });
      // The model comes once for each of its devices.
      const models = new Map(modelList.map((model) => [`${model.namespace}/${model.name}`, model]));
      return { models: [...models.values()].map(describeModel), devices: deviceList.map(describeDevice) };
    },
    async reportTwins({ name: deviceName, namespace: deviceNamespace }, twins) {
      const reported = twins.map(({ property, observed, reported: value, type, at }) => ({
        propertyName: property,
        observedDesired: { value: observed, metadata: new Map([["type", type]]) },
        reported: { value, metadata: metadataOf(type, at) },
      }));
      await client.reportDeviceStatus(
        { deviceName, deviceNamespace, reportedDevice: { twins: reported } },
        { timeoutMs },
      );
    },
    async reportHealth({ name: deviceName, namespace: deviceNamespace }, state) {
      await client.reportDeviceStates({ deviceName, deviceNamespace, state }, { timeoutMs });
    },
  };
}

const metadataOf = (type: string, at: number): Map<string, string> =>
  new Map([
    ["type", type],
    ["timestamp", String(at)],
  ]);
