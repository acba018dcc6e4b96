import type { Device, DeviceModel, VisitorConfig } from "./v1beta1.ts";

/**
 * The device with the visitors and protocol settings that its model declares for all instances, merged as KubeEdge 1.22
 * and later do: key by key, the device wins; the model's protocol name wins where the model has a visitor. Properties
 * that only the model has are not added.
 */
export function withModelDefaults(device: Device, model: DeviceModel): Device {
  const { protocol, properties } = device.spec;
  const defaults = new Map((model.spec.properties ?? []).map(({ name, visitors }) => [name, visitors]));
  const { protocolConfigData } = model.spec;
  return {
    ...device,
    spec: {
      ...device.spec,
      ...(protocolConfigData && {
        protocol: { ...protocol, configData: { ...protocolConfigData, ...protocol?.configData } },
      }),
      ...(properties && {
        properties: properties.map((property) => {
          const visitors = mergeVisitors(defaults.get(property.name), property.visitors) as VisitorConfig | undefined;
          return { ...property, ...(visitors && { visitors }) };
        }),
      }),
    },
  };
}

/** The visitor of a property from its model's and its own, key by key. */
export function mergeVisitors(defaults: unknown, own: unknown): unknown {
  if (!isVisitor(defaults)) return own;
  if (!isVisitor(own)) return defaults;
  return { ...own, ...defaults, configData: { ...defaults.configData, ...own.configData } };
}

const isVisitor = (value: unknown): value is VisitorConfig => typeof value === "object" && value !== null;
