import { MapperError } from "../../errors.ts";
import type { EdgecoreHost } from "../edgecore/edgecore-host.ts";
import { type Implementation, implement } from "../transport/serve-call.ts";
import { describeDevice, describeModel } from "./describe.ts";
import type { WireDeviceV1alpha1, WireModelV1alpha1 } from "./messages.ts";
import { deviceMapper } from "./services.ts";

/** DeviceMapperService of v1alpha1, for a manager that drives the devices of `host`. */
export function serveMapper(host: EdgecoreHost): Implementation {
  const sources = new Map<string, WireDeviceV1alpha1>();
  const upsert = async (device: WireDeviceV1alpha1 | undefined) => {
    if (!device?.name) throw new MapperError("CONFIG_INVALID", "the request has no device");
    await host.upsertDevice(describeDevice(device));
    sources.set(device.name, device);
    return device;
  };
  const upsertModel = async (model: WireModelV1alpha1 | undefined) => {
    if (!model?.name) throw new MapperError("CONFIG_INVALID", "the request has no model");
    await host.upsertModel(describeModel(model));
    return model;
  };
  return implement(deviceMapper, {
    async registerDevice({ device }) {
      return { deviceName: (await upsert(device)).name };
    },
    async updateDevice({ device }) {
      await upsert(device);
      return {};
    },
    async removeDevice({ deviceName }) {
      sources.delete(deviceName);
      await host.removeDevice(deviceName);
      return {};
    },
    async createDeviceModel({ model }) {
      return { deviceModelName: (await upsertModel(model)).name };
    },
    async updateDeviceModel({ model }) {
      await upsertModel(model);
      return {};
    },
    removeDeviceModel({ modelName }) {
      host.removeModel(modelName);
      return {};
    },
    /** Other desired values for a device that is known: all that differs from an update is where they are. */
    async updateDeviceStatus({ deviceName, desiredDevice }) {
      const source = sources.get(deviceName);
      if (!source) throw new MapperError("CONFIG_INVALID", `this mapper has no device ${deviceName}`);
      await upsert({ ...source, status: desiredDevice });
      return {};
    },
    getDevice({ deviceName }) {
      const found = host.find(deviceName);
      if (!found) throw new MapperError("CONFIG_INVALID", `this mapper has no device ${deviceName}`);
      const twins = found.twins.map(({ property, observed, reported }) => ({
        propertyName: property,
        desired: { value: observed },
        reported: { value: reported },
      }));
      return { device: { name: deviceName, spec: sources.get(deviceName)?.spec, status: { twins } } };
    },
  });
}
