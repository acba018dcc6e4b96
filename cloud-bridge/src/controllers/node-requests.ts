import type { AnswerResult, ObjectPath, ObjectRequest } from "@edgetwin/cloud-protocol";
import { BridgeError } from "../errors.ts";
import { isJsonObject } from "../hub/json-object.ts";
import type { KubernetesClient, StoredObject } from "../kubernetes/client.ts";
import { resourceTypes } from "../kubernetes/resource-types.ts";

type Json = Readonly<Record<string, unknown>>;

/** What answers the questions of nodes about themselves. */
export interface NodeRequestsOptions {
  readonly client: Pick<KubernetesClient, "get" | "create" | "replace" | "mergePatch" | "strategicPatch">;
  /** A node renewed its Lease: it lives. */
  readonly renewed: (node: string, lease: StoredObject) => void;
}

/** Labels that only the operators of a cluster may set, so that a node cannot draw work to itself (NodeRestriction). */
const restricted = /(?:^|\.)node-restriction\.kubernetes\.io\//;

/**
 * Answers what a node asks about its own Node and Lease, or undefined for any other object. The hub lets through only
 * what is the node's own; of what it writes, only what is a node's business is taken.
 */
export function answerNodeRequest(
  { client, renewed }: NodeRequestsOptions,
  node: string,
  { operation, path, content }: ObjectRequest,
): Promise<AnswerResult> | undefined {
  const { nodes, leases } = resourceTypes;
  const name = { name: node };
  const own = { namespace: "kube-node-lease", name: node };
  switch (`${operation} ${path.type}`) {
    case "query node":
      return answered(path, async () => await client.get(nodes, name));
    case "insert node":
    case "insert nodestatus":
      return answered(path, () => client.create(nodes, nodeOf(node, content)));
    case "update node":
      return answered(path, () => client.mergePatch(nodes, name, { metadata: freeMetadata(content) }), { bare: true });
    case "update nodestatus":
      return answered(path, () => replaceStatus(client, node, content), { bare: true });
    case "patch nodepatch":
      return answered(path, () => {
        const { status } = parsed(content);
        return client.strategicPatch(nodes, name, { status }, { subresource: "status" });
      });
    case "query lease":
      return answered(path, async () => await client.get(leases, own));
    case "insert lease":
    case "update lease":
      return answered(path, async () => {
        const lease = leaseOf(node, content);
        const stored = await (operation === "insert" ? client.create(leases, lease) : client.replace(leases, lease));
        renewed(node, stored);
        return stored;
      });
    default:
      return undefined;
  }
}

async function answered(
  { type, name }: ObjectPath,
  ask: () => Promise<StoredObject | undefined>,
  { bare = false } = {},
): Promise<AnswerResult> {
  try {
    const object = await ask();
    if (object) return bare ? { ok: true, text: "OK" } : { ok: true, object };
    return { ok: false, reason: "NotFound", code: 404, message: `${type}s "${name}" not found` };
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    const { reason = "InternalError", status, message } = error;
    return { ok: false, reason, message, ...(status !== undefined && { code: status }) };
  }
}

/** A Node as the edge sent it, with what a node may say about itself. */
function nodeOf(node: string, content: unknown): Json {
  const { spec, status } = parsed(content);
  const { taints } = parsed(spec);
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: node, ...freeMetadata(content) },
    ...(Array.isArray(taints) && { spec: { taints } }),
    ...(isJsonObject(status) && { status }),
  };
}

function freeMetadata(content: unknown): Json {
  const { labels, annotations } = parsed(parsed(content).metadata);
  return {
    ...(isJsonObject(labels) && {
      labels: Object.fromEntries(Object.entries(labels).filter(([label]) => !restricted.test(label))),
    }),
    ...(isJsonObject(annotations) && { annotations }),
  };
}

/** The old form: `{"UID":"","Status":{…},"ExtendResources":{}}`. */
async function replaceStatus(
  client: Pick<KubernetesClient, "mergePatch">,
  node: string,
  content: unknown,
): Promise<StoredObject> {
  const { Status: status } = parsed(content);
  return await client.mergePatch(resourceTypes.nodes, { name: node }, { status }, { subresource: "status" });
}

function leaseOf(node: string, content: unknown): Json & { readonly metadata: { readonly name: string } } {
  const { metadata, spec } = parsed(content);
  const { resourceVersion } = parsed(metadata);
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: {
      namespace: "kube-node-lease",
      name: node,
      ...(typeof resourceVersion === "string" && { resourceVersion }),
    } as { readonly name: string },
    spec: { ...parsed(spec), holderIdentity: node },
  };
}

/** Patches come as JSON in a text. What is no object is an empty one: the API then says what is missing. */
function parsed(content: unknown): Json {
  if (isJsonObject(content)) return content;
  if (typeof content !== "string") return {};
  try {
    const value: unknown = JSON.parse(content);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
