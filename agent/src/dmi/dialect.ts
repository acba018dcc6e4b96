import { type Connection, v1alpha1, v1beta1 } from "@edgetwin/mapper-sdk/dmi";
import type { Device, DeviceModel } from "@edgetwin/models";
import * as old from "./v1alpha1.ts";
import * as current from "./v1beta1.ts";

/** Namespace and name of a device or model. */
export interface Named {
  readonly namespace: string;
  readonly name: string;
}

/** The version of DMI in which a mapper registered. */
export type DmiVersion = "v1beta1" | "v1alpha1";

/** What is sent for a model or device, as bytes that are equal when nothing changed. */
export interface Encoding {
  modelBytes(model: DeviceModel): Buffer;
  deviceBytes(device: Device): Buffer;
}

/** The encoding of each version. */
export const encodings: Readonly<Record<DmiVersion, Encoding>> = {
  v1beta1: {
    modelBytes: (model) => v1beta1.deviceModel.encode(current.modelMessage(model)),
    deviceBytes: (device) => v1beta1.device.encode(current.deviceMessage(device)),
  },
  v1alpha1: {
    modelBytes: (model) => v1alpha1.deviceModel.encode(old.modelMessage(model)),
    deviceBytes: (device) => v1alpha1.device.encode(old.deviceMessage(device)),
  },
};

/** How a mapper of KubeEdge is called, whatever version it speaks. Calls reject with MapperError. */
export interface Dialect {
  createModel(model: DeviceModel): Promise<unknown>;
  updateModel(model: DeviceModel): Promise<unknown>;
  removeModel(id: Named): Promise<unknown>;
  registerDevice(device: Device): Promise<unknown>;
  updateDevice(device: Device): Promise<unknown>;
  removeDevice(id: Named): Promise<unknown>;
}

/** EdgeCore's deadline for a call to a mapper. */
const options = { timeoutMs: 10_000 };

/** Calls to a mapper, and those that failed. */
export interface CallFigures {
  calls: number;
  failedCalls: number;
}

/** Calls over `connection` in `version`, counted in `figures`. */
export function dialect(version: DmiVersion, connection: Connection, figures: CallFigures): Dialect {
  const spoken = version === "v1beta1" ? speakV1beta1(connection) : speakV1alpha1(connection);
  const counted =
    <T>(call: (argument: T) => Promise<unknown>) =>
    async (argument: T) => {
      figures.calls++;
      try {
        return await call(argument);
      } catch (error) {
        figures.failedCalls++;
        throw error;
      }
    };
  return {
    createModel: counted(spoken.createModel),
    updateModel: counted(spoken.updateModel),
    removeModel: counted(spoken.removeModel),
    registerDevice: counted(spoken.registerDevice),
    updateDevice: counted(spoken.updateDevice),
    removeDevice: counted(spoken.removeDevice),
  };
}

function speakV1beta1(connection: Connection): Dialect {
  const mapper = connection.client(v1beta1.deviceMapper);
  const { modelMessage, deviceMessage } = current;
  return {
    createModel: (model) => mapper.createDeviceModel({ model: modelMessage(model) }, options),
    updateModel: (model) => mapper.updateDeviceModel({ model: modelMessage(model) }, options),
    removeModel: ({ name, namespace }) =>
      mapper.removeDeviceModel({ modelName: name, modelNamespace: namespace }, options),
    registerDevice: (device) => mapper.registerDevice({ device: deviceMessage(device) }, options),
    updateDevice: (device) => mapper.updateDevice({ device: deviceMessage(device) }, options),
    removeDevice: ({ name, namespace }) =>
      mapper.removeDevice({ deviceName: name, deviceNamespace: namespace }, options),
  };
}

function speakV1alpha1(connection: Connection): Dialect {
  const mapper = connection.client(v1alpha1.deviceMapper);
  const { modelMessage, deviceMessage } = old;
  return {
    createModel: (model) => mapper.createDeviceModel({ model: modelMessage(model) }, options),
    updateModel: (model) => mapper.updateDeviceModel({ model: modelMessage(model) }, options),
    removeModel: ({ name }) => mapper.removeDeviceModel({ modelName: name }, options),
    registerDevice: (device) => mapper.registerDevice({ device: deviceMessage(device) }, options),
    updateDevice: (device) => mapper.updateDevice({ device: deviceMessage(device) }, options),
    removeDevice: ({ name }) => mapper.removeDevice({ deviceName: name }, options),
  };
}
