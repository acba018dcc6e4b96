import { arch, cpus, hostname, networkInterfaces, release, totalmem } from "node:os";

/** What a Node says about this machine. */
export interface NodeFacts {
  readonly node: string;
  /** Version of the agent. */
  readonly version: string;
  /** Wall-clock milliseconds. */
  readonly now: number;
  /** When this agent began to be ready. */
  readonly since: number;
}

/** KubeEdge's label; without it CloudCore does not take the Node for one of its own. */
const labels = { "node-role.kubernetes.io/edge": "", "node-role.kubernetes.io/agent": "" };
const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64", arm: "arm" };

/** A Node that runs no pods: it has room for none, and a taint keeps away those that tolerate everything else. */
export function nodeObject(facts: NodeFacts): Readonly<Record<string, unknown>> {
  const machine = { "kubernetes.io/os": "linux", "kubernetes.io/arch": architecture() };
  return {
    kind: "Node",
    apiVersion: "v1",
    metadata: { name: facts.node, labels: { ...labels, ...machine, "kubernetes.io/hostname": hostname() } },
    spec: { taints: [{ key: "edgetwin.io/devices-only", effect: "NoSchedule" }] },
    status: nodeStatus(facts),
  };
}

/** The part of a Node that is sent again and again. */
export function nodeStatus({ version, now, since }: NodeFacts): Readonly<Record<string, unknown>> {
  const resources = {
    cpu: String(Math.max(1, cpus().length)),
    memory: `${Math.floor(totalmem() / 1024)}Ki`,
    pods: "0",
  };
  return {
    capacity: resources,
    allocatable: resources,
    addresses: addresses(),
    conditions: [
      {
        type: "Ready",
        status: "True",
        reason: "EdgetwinReady",
        message: "edgetwin serves devices; it runs no pods",
        lastHeartbeatTime: seconds(now),
        lastTransitionTime: seconds(since),
      },
    ],
    nodeInfo: {
      ...{ machineID: "", systemUUID: "", bootID: "", kubeProxyVersion: "", osImage: "linux" },
      kernelVersion: release(),
      containerRuntimeVersion: "none",
      kubeletVersion: `edgetwin-${version}`,
      operatingSystem: "linux",
      architecture: architecture(),
    },
  };
}

const architecture = (): string => architectures[arch()] ?? arch();

function addresses(): readonly { readonly type: string; readonly address: string }[] {
  const outside = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4");
  const internal = outside.slice(0, 4).map(({ address }) => ({ type: "InternalIP", address }));
  return [...internal, { type: "Hostname", address: hostname() }];
}

const seconds = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;
