import type { DeviceIndex } from "../controllers/device-facts.ts";
import { modelKeyOf } from "../controllers/device-facts.ts";
import type { KubernetesClient, StoredObject } from "../kubernetes/client.ts";
import type { ObjectSource } from "../kubernetes/object-source.ts";
import { resourceTypes } from "../kubernetes/resource-types.ts";
import type { Change, ClusterView, ReviewedObject } from "./cluster-view.ts";
import type { ReviewedKind } from "./reviewer.ts";

/** What a view of a cluster is made of. */
export interface ViewSources {
  readonly client: Pick<KubernetesClient, "get" | "list">;
  readonly devices: ObjectSource<DeviceIndex>;
  readonly models: ObjectSource<never>;
  readonly nodes: ObjectSource<never>;
}

/** More of a model's devices are not looked at: a review must not take seconds. */
const most = 1000;

/**
 * What a review of this change sees of a cluster. The objects that the change names are read from the API, since they may
 * have been made a moment ago; all others come from the caches, which are behind it by that moment.
 *
 * Rejects with what the API answered.
 */
export async function cachedView(
  { kind }: ReviewedKind,
  change: Change,
  { client, devices, models, nodes }: ViewSources,
): Promise<ClusterView> {
  const named = await Promise.all(
    [change.object, change.before].map((object) => (kind === "Device" && object ? modelOf(object, client) : undefined)),
  );
  const { namespace = "" } = (change.object ?? change.before)?.metadata ?? {};
  const isRule = kind === "Rule" || kind === "RuleEndpoint";
  const [rules, endpoints] = await Promise.all(
    [resourceTypes.rules, resourceTypes.ruleEndpoints].map(async (type) =>
      isRule ? (await client.list(type, { namespace })).items : [],
    ),
  );
  const namesIn = (objects: Iterable<StoredObject>, of?: string) =>
    [...objects]
      .filter(({ metadata }) => of === undefined || metadata.namespace === of)
      .map(({ metadata }) => metadata.name);
  const byIndex = (index: DeviceIndex, value: string): readonly ReviewedObject[] =>
    [...devices.cache.keysBy(index, value)].slice(0, most).flatMap((key) => devices.cache.get(key) ?? []);
  return {
    model: (of, name) => named.find((model) => model?.metadata.name === name) ?? models.cache.get(`${of}/${name}`),
    modelNames: (of) => namesIn(models.cache.values(), of),
    devicesOfModel: (of, name) => byIndex("model", `${of}/${name}`),
    devicesOnNode: (node) => byIndex("node", node),
    node: (name) => nodes.cache.get(name),
    nodeNames: () => namesIn(nodes.cache.values()),
    endpoint: (_, name) => endpoints?.find(({ metadata }) => metadata.name === name),
    endpointNames: () => namesIn(endpoints ?? []),
    rulesOf: () => rules ?? [],
  };
}

async function modelOf(
  device: ReviewedObject,
  client: Pick<KubernetesClient, "get">,
): Promise<StoredObject | undefined> {
  const key = modelKeyOf(device as StoredObject);
  if (key === undefined) return undefined;
  const [namespace = "", name = ""] = key.split("/");
  return await client.get(resourceTypes.deviceModels, { namespace, name });
}
