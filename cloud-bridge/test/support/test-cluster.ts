import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, type Log, silentLog, systemClock } from "@edgetwin/mapper-sdk";
import { openApi } from "../../src/bridge/api-access.ts";
import { type Bridge, startBridge } from "../../src/bridge/bridge.ts";
import { type Authority, openAuthority } from "../../src/certificates/authority.ts";
import { kubernetesSecrets } from "../../src/certificates/kubernetes-secrets.ts";
import { type BridgeConfig, parseConfig } from "../../src/config/config.ts";
import type { KubernetesClient } from "../../src/kubernetes/client.ts";
import { resourceTypes } from "../../src/kubernetes/resource-types.ts";

/** A cluster that is our own API server, and bridges on it as on any other. */
export interface TestCluster extends AsyncDisposable {
  readonly client: KubernetesClient;
  readonly url: string;
  readonly kubeconfig: string;
  /** Starts one more bridge. It ends with the cluster, or earlier when it is disposed. */
  bridge(options?: { readonly kubeconfig?: string; readonly log?: Log; readonly clock?: Clock }): Promise<Bridge>;
  /** The authority of the edges; after the first bridge it is the same for all. */
  authority(): Promise<Authority>;
}

export async function startTestCluster(): Promise<TestCluster> {
  const directory = await mkdtemp(join(tmpdir(), "edgetwin-cluster-"));
  const log = silentLog;
  const clock = systemClock;
  const config = (raw: object): BridgeConfig =>
    parseConfig(
      {
        edges: { host: "127.0.0.1", port: 0, certificatePort: 0 },
        api: { port: 0 },
        operations: { port: 0 },
        ...raw,
      },
      { where: "test", directory, stateDirectory: join(directory, "state") },
    );
  const api = await openApi(config({}), { clock, log });
  if (!api.served) throw new TypeError("the API of a test is served by it");
  const { client, served } = api;
  const bridges: Bridge[] = [];
  return {
    client,
    ...served,
    async bridge({ kubeconfig = served.kubeconfig, ...world } = {}) {
      const bridge = await startBridge(config({ kubernetes: { use: "cluster", kubeconfig } }), {
        ...{ clock, log },
        ...world,
        signal: new AbortController().signal,
      });
      bridges.push(bridge);
      return bridge;
    },
    authority: () =>
      openAuthority({ secrets: kubernetesSecrets(client, "kubeedge"), clock, serverNames: ["localhost", "127.0.0.1"] }),
    async [Symbol.asyncDispose]() {
      for (const bridge of bridges) await bridge[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

const apiVersion = "devices.kubeedge.io/v1beta1";
const place = { namespace: "default", name: "lamp" };

/** Makes a node and its model and device `lamp`. */
export async function furnish(client: KubernetesClient, node: string): Promise<void> {
  const { nodes, deviceModels, devices } = resourceTypes;
  await client.create(nodes, { apiVersion: "v1", kind: "Node", metadata: { name: node } });
  await client.create(deviceModels, {
    ...{ apiVersion, kind: "DeviceModel", metadata: place },
    spec: { protocol: "gpio", properties: [{ name: "power", type: "BOOLEAN", accessMode: "ReadWrite" }] },
  });
  const visitors = { protocolName: "gpio", configData: { pin: 17 } };
  await client.create(devices, {
    ...{ apiVersion, kind: "Device", metadata: place },
    spec: {
      deviceModelRef: { name: "lamp" },
      nodeName: node,
      protocol: { protocolName: "gpio", configData: {} },
      properties: [{ name: "power", desired: { value: "false" }, visitors }],
    },
  });
}

/** Switches the lamp of `furnish`, as `kubectl patch` does. */
export async function switchLamp(client: KubernetesClient, value: boolean): Promise<void> {
  const visitors = { protocolName: "gpio", configData: { pin: 17 } };
  const properties = [{ name: "power", desired: { value: String(value) }, visitors }];
  await client.mergePatch(resourceTypes.devices, place, { spec: { properties } });
}
