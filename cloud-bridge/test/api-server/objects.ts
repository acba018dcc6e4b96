/** Where devices of the default namespace are. */
export const devices = "/apis/devices.kubeedge.io/v1beta1/namespaces/default/devices";
export const configMaps = "/api/v1/namespaces/default/configmaps";

/** A device of the default namespace. */
export const device = (
  name: string,
  { labels = {}, node = "edge1" }: { labels?: Record<string, string>; node?: string } = {},
) => ({
  apiVersion: "devices.kubeedge.io/v1beta1",
  kind: "Device",
  metadata: { name, labels },
  spec: { nodeName: node, protocol: { protocolName: "virtual" } },
});

/** A ConfigMap, with its owners. */
export const configMap = (name: string, metadata: object = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...metadata },
  data: { a: "b" },
});
