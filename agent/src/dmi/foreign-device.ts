import type { Value } from "@edgetwin/mapper-sdk";
import { type Device, type DeviceModel, formatText, withModelDefaults } from "@edgetwin/models";

/** A device as a mapper of KubeEdge is to have it. */
export interface Subject {
  readonly device: Device;
  readonly model: DeviceModel;
  /** Values it should have, by property; of those that are missing nothing is desired. */
  readonly desired: ReadonlyMap<string, Value>;
}

/** Where a mapper of KubeEdge gets devices from. */
export type Lookup = (id: string) => { readonly device: Device; readonly model: DeviceModel } | undefined;

/** What the framework of KubeEdge's mappers cannot convert: such a property would never be reported. */
const isUnwritable = (type: string | undefined) => type === "BYTES" || type === "STREAM";

/**
 * The manifest of a device as a mapper made with KubeEdge's framework bears it, in v1beta1: with the defaults of its
 * model, without properties that the model does not have (it would die of them), with a visitor, a desired value and
 * cycles that are not negative for every property. Every property is reported, because the twin needs it; what is
 * pushed elsewhere is the agent's to push.
 */
export function foreignDevice({ device, model, desired }: Subject): Device {
  const merged = withModelDefaults(device, model);
  const { protocol, properties = [], methods, stateReport } = merged.spec;
  const protocolName = protocol?.protocolName || model.spec.protocol || "";
  const types = new Map((model.spec.properties ?? []).map(({ name, type }) => [name, type]));
  return {
    ...merged,
    spec: {
      deviceModelRef: { name: model.metadata.name },
      protocol: { protocolName, configData: protocol?.configData ?? {} },
      properties: properties
        .filter(({ name }) => types.has(name))
        .map(({ name, visitors, collectCycle = 0, reportCycle = 0, pushMethod }) => ({
          name,
          desired: { value: desiredText(desired.get(name), types.get(name)) },
          visitors: { protocolName: visitors?.protocolName || protocolName, configData: visitors?.configData ?? {} },
          collectCycle: Math.max(0, collectCycle),
          reportCycle: Math.max(0, reportCycle),
          reportToCloud: true,
          ...(pushMethod?.anomalyDetection !== undefined && {
            pushMethod: { anomalyDetection: pushMethod.anomalyDetection },
          }),
        })),
      ...(methods && { methods }),
      ...(stateReport && { stateReport }),
    },
  };
}

function desiredText(value: Value | undefined, type: string | undefined): string {
  if (value === undefined || type === undefined || isUnwritable(type)) return "";
  return formatText(value, type as Parameters<typeof formatText>[1]);
}

/** Whether a mapper of KubeEdge can be told to write a property of this type. */
export const canWrite = (type: string | undefined): boolean => !isUnwritable(type);

/** KubeEdge's default of `collectCycle`. */
const defaultCycleMs = 1_000;

/** Milliseconds between two reports of a property. */
export function reportEveryMs({ device }: Pick<Subject, "device">, name: string): number {
  const cycle = (device.spec.properties ?? []).find((property) => property.name === name)?.collectCycle ?? 0;
  return cycle > 0 ? cycle : defaultCycleMs;
}
