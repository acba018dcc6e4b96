import { MapperError } from "@edgetwin/mapper-sdk";
import { type Implementation, implement, v1alpha1, v1beta1 } from "@edgetwin/mapper-sdk/dmi";
import type { DmiVersion } from "./dialect.ts";
import type { Handed } from "./foreign-mapper.ts";
import { type ReportedTwin, type ReportParts, takeReports, takeState } from "./take-reports.ts";
import * as old from "./v1alpha1.ts";
import * as current from "./v1beta1.ts";

const utf8 = new TextDecoder();

/** What both versions send to register. */
interface Registering {
  readonly withData: boolean;
  readonly mapper: v1beta1.MapperInfo | undefined;
}

const noData: Handed = { devices: [], models: [] };

/** KubeEdge's DeviceManagerService as the agent serves it: v1beta1, and v1alpha1 too unless that is not wanted. */
export function managerServices(
  parts: ReportParts,
  { v1alpha1: both }: { readonly v1alpha1: boolean },
): Implementation[] {
  const register = async ({ withData, mapper }: Registering, dmi: DmiVersion): Promise<Handed> => {
    if (!mapper) throw new MapperError("CONFIG_INVALID", "the registration was refused: it names no mapper");
    const { name, version, protocol, address } = mapper;
    const handed = await parts.links.register({ name, version, protocol, address: utf8.decode(address) }, dmi);
    return withData ? handed : noData;
  };
  const manager = implement(v1beta1.deviceManager, {
    mapperRegister: async (request) => {
      const { devices, models } = await register(request, "v1beta1");
      return { modelList: models.map(current.modelMessage), deviceList: devices.map(current.deviceMessage) };
    },
    reportDeviceStatus: ({ deviceName, deviceNamespace, reportedDevice }) => {
      takeReports(parts, idOf(deviceNamespace, deviceName), reportedTwins(reportedDevice?.twins ?? []));
      return {};
    },
    reportDeviceStates: ({ deviceName, deviceNamespace, state }) => {
      takeState(parts, idOf(deviceNamespace, deviceName), state);
      return {};
    },
  });
  const older = implement(v1alpha1.deviceManager, {
    mapperRegister: async (request) => {
      const { devices, models } = await register(request, "v1alpha1");
      return { modelList: models.map(old.modelMessage), deviceList: devices.map(old.deviceMessage) };
    },
    reportDeviceStatus: ({ deviceName, reportedDevice }) => {
      const id = parts.links.idOf(deviceName, "v1alpha1");
      takeReports(parts, id, reportedTwins(reportedDevice?.twins ?? []));
      const state = reportedDevice?.state ?? "";
      if (state !== "") takeState(parts, id, state);
      return {};
    },
  });
  return both ? [manager, older] : [manager];
}

const idOf = (namespace: string, name: string): string => `${namespace === "" ? "default" : namespace}/${name}`;

const reportedTwins = (
  twins: readonly { readonly propertyName: string; readonly reported: { readonly value: string } | undefined }[],
): ReportedTwin[] => twins.map(({ propertyName, reported }) => ({ name: propertyName, value: reported?.value }));
