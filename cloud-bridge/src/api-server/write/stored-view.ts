import { apiGroup } from "@edgetwin/models";
import type { ClusterView, ReviewedObject } from "../../admission/cluster-view.ts";
import type { IndexName } from "../storage/storage.ts";
import { type Core, parse } from "./core.ts";

/** More than a node has devices; of a model with more, the rest is not looked at: a write must not take seconds. */
const most = 1000;

/** What reviews see of the objects that are stored: always those of this moment. */
export function storedView({ storage, registry }: Pick<Core, "storage" | "registry">): ClusterView {
  const storedAs = (group: string, kind: string) => registry.ofKind(group, kind)?.storedAs ?? "";
  const models = storedAs(apiGroup, "DeviceModel");
  const nodes = storedAs("", "Node");
  const endpoints = storedAs("rules.kubeedge.io", "RuleEndpoint");
  const one = (resource: string, namespace: string, name: string) => {
    const found = storage.get({ resource, namespace, name });
    return found && (parse(found.text) as ReviewedObject);
  };
  const page = (resource: string, namespace?: string) =>
    storage.page({ resource, limit: most, ...(namespace !== undefined && { namespace }) });
  const names = (resource: string, namespace?: string) => page(resource, namespace).map(({ name }) => name);
  const by = (index: IndexName, text: string, namespace?: string) =>
    storage
      .by(index, text, { limit: most, ...(namespace !== undefined && { namespace }) })
      .map((row) => parse(row.text) as ReviewedObject);
  return {
    model: (namespace, name) => one(models, namespace, name),
    modelNames: (namespace) => names(models, namespace),
    devicesOfModel: (namespace, name) => by("devicesOfModel", name, namespace),
    devicesOnNode: (node) => by("devicesOfNode", node),
    node: (name) => one(nodes, "", name),
    nodeNames: () => names(nodes),
    endpoint: (namespace, name) => one(endpoints, namespace, name),
    endpointNames: (namespace) => names(endpoints, namespace),
    rulesOf: (namespace) =>
      page(storedAs("rules.kubeedge.io", "Rule"), namespace).map(({ text }) => parse(text) as ReviewedObject),
  };
}
