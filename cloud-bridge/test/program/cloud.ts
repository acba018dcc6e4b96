import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ResourceType, StoredObject } from "../../src/kubernetes/client.ts";
import { connectKubernetes } from "../../src/kubernetes/connect.ts";
import type { HttpKubernetesClient } from "../../src/kubernetes/http-client.ts";
import { resourceTypes } from "../../src/kubernetes/resource-types.ts";
import { ProgramProcess, printed } from "./program-process.ts";

const bridgeEntry = fileURLToPath(new URL("../../../bin/edgetwin-bridge.js", import.meta.url));
const agentEntry = fileURLToPath(new URL("../../../../agent/bin/edgetwin.js", import.meta.url));

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

/** A bridge by itself and agents on simulated boards, each a process of its own. */
export class Cloud implements AsyncDisposable {
  readonly directory: string;
  readonly bridge: ProgramProcess;
  readonly operations: number;
  readonly #ports: { readonly edges: number; readonly certificates: number };
  readonly #config: string;
  readonly #agents: ProgramProcess[] = [];
  #client: HttpKubernetesClient | undefined;

  constructor(directory: string, ports: readonly number[], settings: Readonly<Record<string, unknown>>) {
    const [edges = 0, certificates = 0, api = 0, operations = 0] = ports;
    this.directory = directory;
    this.#ports = { edges, certificates };
    this.operations = operations;
    this.#config = join(directory, "bridge.json");
    const config = {
      stateDirectory: join(directory, "bridge"),
      edges: { port: edges, certificatePort: certificates, ...(settings.edges as object | undefined) },
      api: { port: api },
      operations: { port: operations },
      status: { every: "1s" },
    };
    writeFileSync(this.#config, JSON.stringify(config));
    this.bridge = new ProgramProcess(bridgeEntry, ["run", "--config", this.#config], '"bridge runs"');
  }

  get client(): HttpKubernetesClient {
    if (!this.#client) throw new TypeError("the cloud is not open");
    return this.#client;
  }

  /** Runs a command of the bridge; resolves with what it printed. */
  command(...words: readonly string[]): Promise<string> {
    return printed(bridgeEntry, [...words, "--config", this.#config]);
  }

  async open(): Promise<void> {
    await this.bridge.start();
    this.#client = await connectKubernetes({ kubeconfig: join(this.directory, "bridge", "kubeconfig") });
  }

  /** An agent that has joined as `node`, not started yet; `place` tells apart two that have one name. */
  async agent(node: string, place = node): Promise<ProgramProcess & { readonly socket: string }> {
    const state = join(this.directory, place);
    const config = join(this.directory, `${place}.json`);
    const settings = { board: { use: "simulated" }, bus: { broker: "off" }, api: { port: 0 }, dmi: { socket: "off" } };
    writeFileSync(config, JSON.stringify({ node, stateDirectory: state, ...settings }));
    const token = await this.command("token", "create", "--node", node);
    const { edges, certificates } = this.#ports;
    const where = ["--server", `localhost:${edges}`, "--certificates", `localhost:${certificates}`];
    await printed(agentEntry, ["join", "--config", config, ...where, "--token-file", "-"], token);
    const agent = new ProgramProcess(agentEntry, ["run", "--config", config], '"cloud connected"');
    this.#agents.push(agent);
    return Object.assign(agent, { socket: join(state, "edgetwin.sock") });
  }

  /** What the twin of a property is at the edge. */
  async valueAt(agent: { readonly socket: string }, device: string, property: string): Promise<string> {
    const twins = await printed(agentEntry, ["get", "twins", device, "-o", "json", "--socket", agent.socket]);
    const { items } = JSON.parse(twins) as {
      readonly items: readonly { readonly propertyName: string; readonly reported?: { readonly value: unknown } }[];
    };
    return String(items.find(({ propertyName }) => propertyName === property)?.reported?.value);
  }

  /** Resolves with an object as soon as it is as `wanted`; goes on when the bridge restarts meanwhile. */
  async becomes(
    type: ResourceType,
    name: string,
    wanted: (object: StoredObject) => boolean,
    signal: AbortSignal,
  ): Promise<StoredObject> {
    for (;;) {
      signal.throwIfAborted();
      try {
        const { items, resourceVersion } = await this.client.list(type, {}, { signal });
        const found = items.find(({ metadata }) => metadata.name === name);
        if (found && wanted(found)) return found;
        for await (const event of this.client.watch(type, { resourceVersion }, { signal })) {
          if (event.type === "BOOKMARK" || event.object.metadata.name !== name) continue;
          if (event.type !== "DELETED" && wanted(event.object)) return event.object;
        }
      } catch (error) {
        signal.throwIfAborted();
        // The bridge is away: a connection that is refused comes back at once, so others have their turn in between.
        if ((error as { readonly code?: string }).code !== "UNREACHABLE") throw error;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client?.[Symbol.dispose]();
    await Promise.all([...this.#agents, this.bridge].map((process) => process[Symbol.asyncDispose]()));
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Opens a cloud whose ports stay the same when the bridge is started again. */
export async function openCloud(settings: Readonly<Record<string, unknown>> = {}): Promise<Cloud> {
  const directory = mkdtempSync(join(tmpdir(), "edgetwin-cloud-"));
  const cloud = new Cloud(directory, await freePorts(4), settings);
  try {
    await cloud.open();
  } catch (error) {
    await cloud[Symbol.asyncDispose]();
    throw error;
  }
  return cloud;
}

/** A lamp on a GPIO line of a node. */
export const lamp = (name: string, node: string, power: boolean) => ({
  apiVersion: "devices.kubeedge.io/v1beta1",
  kind: "Device",
  metadata: { namespace: "default", name },
  spec: {
    deviceModelRef: { name: "lamp" },
    nodeName: node,
    protocol: { protocolName: "gpio", configData: {} },
    properties: [
      {
        name: "power",
        desired: { value: String(power) },
        visitors: { protocolName: "gpio", configData: { pin: "GPIO17" } },
        reportToCloud: true,
      },
    ],
  },
});

export const lampModel = {
  apiVersion: "devices.kubeedge.io/v1beta1",
  kind: "DeviceModel",
  metadata: { namespace: "default", name: "lamp" },
  spec: { protocol: "gpio", properties: [{ name: "power", type: "BOOLEAN", accessMode: "ReadWrite" }] },
};

/** A condition of an object, as `True Applied@3`. */
export function conditionOf(object: StoredObject, type: string): string {
  const { conditions = [] } = (object.status ?? {}) as {
    readonly conditions?: readonly Readonly<Record<string, string | number>>[];
  };
  const found = conditions.find((condition) => condition.type === type);
  return found ? `${found.status} ${found.reason}@${found.observedGeneration ?? ""}` : "";
}

/** Whether what is wanted of a device now has a condition with this status. */
export const isNow =
  (type: string, status: string) =>
  (object: StoredObject): boolean => {
    const condition = conditionOf(object, type);
    return condition.startsWith(`${status} `) && condition.endsWith(`@${object.metadata.generation}`);
  };

export const { devices, deviceModels, deviceStatuses, nodes } = resourceTypes;
