import { MapperError } from "../../errors.ts";
import { keyOf } from "../edgecore/device-description.ts";
import type { EdgecoreHost } from "../edgecore/edgecore-host.ts";
import { type Implementation, implement } from "../transport/serve-call.ts";
import { describeDevice, describeModel } from "./describe.ts";
import type { WireDevice } from "./messages.ts";
import { deviceMapper } from "./services.ts";

/** Devices by the name of the device, as they came. */
type Sources = Map<string, WireDevice>;

/** DeviceMapperService of v1beta1, for a manager that drives the devices of `host`. */
export function serveMapper(host: EdgecoreHost): Implementation {
  const sources: Sources = new Map();
  const upsert = async (device: WireDevice | undefined) => {
    if (!device?.name) throw new MapperError("CONFIG_INVALID", "the request has no device");
    const described = describeDevice(device);
    await host.upsertDevice(described);
    sources.set(keyOf(described), device);
    return described;
  };
  return implement(deviceMapper, {
    async registerDevice({ device }) {
      const { name, namespace } = await upsert(device);
      return { deviceName: name, deviceNamespace: namespace };
    },
    async updateDevice({ device }) {
      await upsert(device);
      return {};
    },
    async removeDevice({ deviceName: name, deviceNamespace: namespace }) {
      const key = keyOf({ name, namespace });
      sources.delete(key);
      await host.removeDevice(key);
      return {};
    },
    async createDeviceModel({ model }) {
      if (!model?.name) throw new MapperError("CONFIG_INVALID", "the request has no model");
      await host.upsertModel(describeModel(model));
      return { deviceModelName: model.name, deviceModelNamespace: model.namespace };
    },
    async updateDeviceModel({ model }) {
      if (!model?.name) throw new MapperError("CONFIG_INVALID", "the request has no model");
      await host.upsertModel(describeModel(model));
      return {};
    },
    removeDeviceModel({ modelName: name, modelNamespace: namespace }) {
      host.removeModel(keyOf({ name, namespace }));
      return {};
    },
    getDevice({ deviceName: name, deviceNamespace: namespace }) {
      return { device: deviceOf(host, sources, { name, namespace }) };
    },
  });
}

function deviceOf(host: EdgecoreHost, sources: Sources, at: { readonly name: string; readonly namespace: string }) {
  const key = keyOf(at);
  const found = host.find(key);
  if (!found) throw new MapperError("CONFIG_INVALID", `this mapper has no device ${key}`);
  const source = sources.get(key);
  const twins = found.twins.map(({ property, observed, reported }) => ({
    propertyName: property,
    observedDesired: { value: observed },
    reported: { value: reported },
  }));
  const { reportToCloud, reportCycle } = source?.status ?? {};
  return { ...at, ...(source?.spec && { spec: source.spec }), status: { twins, reportToCloud, reportCycle } };
}
