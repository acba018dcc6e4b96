import { nodeOf } from "../controllers/device-facts.ts";
import type { KubernetesClient, StoredObject } from "../kubernetes/client.ts";
import { resourceTypes } from "../kubernetes/resource-types.ts";

/** A node as `edgetwin-bridge nodes` shows it. */
export interface NodeRow {
  readonly name: string;
  /** `Ready`, `Unknown` (it is gone), or `NotRegistered`: devices name it, but no edge ever came. */
  readonly state: "Ready" | "NotReady" | "Unknown" | "NotRegistered";
  readonly devices: number;
  /** Of the agent. */
  readonly version?: string;
  readonly addresses: readonly string[];
  /** When it last changed between ready and gone, RFC 3339. */
  readonly since?: string;
}

interface NodeStatus {
  readonly conditions?: readonly { readonly type?: string; readonly status?: string; lastTransitionTime?: string }[];
  readonly addresses?: readonly { readonly type?: string; readonly address?: string }[];
  readonly nodeInfo?: { readonly kubeletVersion?: string };
}

type Reader = Pick<KubernetesClient, "list">;

/** Every node that there is, or that a device names; by name. */
export async function nodeRows(client: Reader): Promise<readonly NodeRow[]> {
  const [nodes, devices] = await Promise.all([client.list(resourceTypes.nodes), client.list(resourceTypes.devices)]);
  const counts = new Map<string, number>();
  for (const device of devices.items) {
    const node = nodeOf(device);
    if (node !== undefined) counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  const rows = nodes.items.map((node) => rowOf(node, counts.get(node.metadata.name) ?? 0));
  const known = new Set(rows.map(({ name }) => name));
  const others = [...counts].filter(([name]) => !known.has(name));
  const missing = others.map(
    ([name, count]): NodeRow => ({
      name,
      state: "NotRegistered",
      devices: count,
      addresses: [],
    }),
  );
  return [...rows, ...missing].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The names of {@link nodeRows}, for the shell. */
export async function nodeNames(client: Reader): Promise<readonly string[]> {
  return (await nodeRows(client)).map(({ name }) => name);
}

function rowOf({ metadata, status }: StoredObject, devices: number): NodeRow {
  const { conditions = [], addresses = [], nodeInfo } = (status ?? {}) as NodeStatus;
  const ready = conditions.find(({ type }) => type === "Ready");
  const state = ready?.status === "True" ? "Ready" : ready?.status === "False" ? "NotReady" : "Unknown";
  return {
    name: metadata.name,
    state,
    devices,
    ...(nodeInfo?.kubeletVersion && { version: nodeInfo.kubeletVersion }),
    addresses: addresses.filter(({ type }) => type !== "Hostname").flatMap(({ address }) => address ?? []),
    ...(ready?.lastTransitionTime && { since: ready.lastTransitionTime }),
  };
}
