import { configToAny, detectionToAny, type v1beta1 } from "@edgetwin/mapper-sdk/dmi";
import type { Device, DeviceModel } from "@edgetwin/models";

/** A DeviceModel as DMI v1beta1 carries it: without protocol and visitors. */
export function modelMessage({ metadata, spec }: DeviceModel): v1beta1.WireModelDraft {
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? "default",
    spec: {
      properties: (spec.properties ?? []).map(
        ({ name, description = "", type, accessMode, minimum = "", maximum = "", unit = "" }) => ({
          name,
          description,
          type,
          accessMode,
          minimum,
          maximum,
          unit,
        }),
      ),
    },
  };
}

const customized = (configData: Readonly<Record<string, unknown>> | undefined) => ({
  data: configToAny(configData ?? {}, "mapper-framework"),
});

/** A Device as DMI v1beta1 carries it. `spec.stateReport` travels in its status. */
export function deviceMessage({ metadata, spec }: Device): v1beta1.WireDeviceDraft {
  const { protocol, properties = [], methods = [], stateReport } = spec;
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? "default",
    spec: {
      deviceModelReference: spec.deviceModelRef?.name ?? "",
      protocol: { protocolName: protocol?.protocolName ?? "", configData: customized(protocol?.configData) },
      properties: properties.map(
        ({ name, desired, visitors, collectCycle = 0, reportCycle = 0, reportToCloud = false, pushMethod }) => ({
          name,
          desired: { value: desired?.value ?? "" },
          visitors: { protocolName: visitors?.protocolName ?? "", configData: customized(visitors?.configData) },
          collectCycle,
          reportCycle,
          reportToCloud,
          ...(pushMethod?.anomalyDetection !== undefined && {
            pushMethod: { anomalyDetection: { data: detectionToAny(pushMethod.anomalyDetection) } },
          }),
        }),
      ),
      methods: methods.map((method) => ({
        name: String(method.name ?? ""),
        description: String(method.description ?? ""),
        propertyNames: Array.isArray(method.propertyNames) ? method.propertyNames.map(String) : [],
      })),
    },
    status: {
      reportToCloud: stateReport?.reportToCloud ?? false,
      reportCycle: Math.max(0, stateReport?.reportCycle ?? 0),
    },
  };
}
