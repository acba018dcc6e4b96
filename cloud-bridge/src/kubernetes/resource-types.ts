import { apiGroup } from "@edgetwin/models";
import type { ResourceType } from "./client.ts";

const ofDevices = (plural: string): ResourceType => ({ group: apiGroup, version: "v1beta1", plural, namespaced: true });
const ofRules = (plural: string): ResourceType => ({
  group: "rules.kubeedge.io",
  version: "v1",
  plural,
  namespaced: true,
});
const ofCore = (plural: string, namespaced = true): ResourceType => ({ group: "", version: "v1", plural, namespaced });

/** Every kind that the bridge reads or writes. */
export const resourceTypes = {
  devices: ofDevices("devices"),
  deviceModels: ofDevices("devicemodels"),
  deviceStatuses: ofDevices("devicestatuses"),
  rules: ofRules("rules"),
  ruleEndpoints: ofRules("ruleendpoints"),
  nodes: ofCore("nodes", false),
  namespaces: ofCore("namespaces", false),
  events: ofCore("events"),
  configMaps: ofCore("configmaps"),
  secrets: ofCore("secrets"),
  leases: { group: "coordination.k8s.io", version: "v1", plural: "leases", namespaced: true },
} as const satisfies Record<string, ResourceType>;
