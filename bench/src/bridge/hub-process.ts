// The hub under load, as a process of its own: its memory and CPU are its own too. Told what to do by messages.
import { type Authority, type Hub, openAuthority, openHub } from "@edgetwin/cloud-bridge";
import { MemoryContent, MemoryEvents, memorySecrets, nodeCredential } from "@edgetwin/cloud-bridge/testing";
import { systemClock } from "@edgetwin/mapper-sdk";
import type { HubAnswer, HubOrder } from "./hub-orders.ts";

const content = new MemoryContent();
let authority: Authority;
let hub: Hub;
let nodes = 0;
let perNode = 0;

const model = (spec: object) => ({ apiVersion: "devices.kubeedge.io/v1beta1", kind: "DeviceModel", spec });
const properties = ["temperature", "humidity", "power", "level"];

/** A device as they are: four properties, each with its visitor; about 1 kB. */
const device = (node: string, value: string) => ({
  apiVersion: "devices.kubeedge.io/v1beta1",
  kind: "Device",
  spec: {
    nodeName: node,
    deviceModelRef: { name: "bench" },
    protocol: { protocolName: "modbus-tcp", configData: { ip: "192.0.2.1", port: 502, slaveID: 1 } },
    properties: properties.map((name, offset) => ({
      name,
      desired: { value, metadata: { type: "int" } },
      collectCycle: 1000,
      reportCycle: 10_000,
      visitors: { protocolName: "modbus-tcp", configData: { register: "HoldingRegister", offset, limit: 1 } },
    })),
  },
});

function fill(): void {
  for (let at = 0; at < nodes; at++) {
    const node = `edge-${at}`;
    content.put(node, { namespace: "default", type: "devicemodel", name: "bench" }, model({ properties }));
    for (let one = 0; one < perNode; one++) patch(node, one, "0");
  }
}

function patch(node: string, one: number, value: string): void {
  content.put(node, { namespace: "default", type: "device", name: `${node}-d${one}` }, device(node, value));
}

async function open(port: number): Promise<number> {
  // One certificate for all, so that the bench need not make thousands.
  const options = { authority, content, events: new MemoryEvents(), nodeAuthorization: false };
  hub = await openHub({ ...options, host: "127.0.0.1", port });
  return hub.port;
}

/** Changes so many devices a second, each with the time of its change as desired value. */
async function patchFor(perSecond: number, seconds: number): Promise<void> {
  for (let sent = 0; sent < perSecond * seconds; sent++) {
    const node = `edge-${(sent * 7919) % nodes}`;
    patch(node, sent % perNode, String(process.hrtime.bigint()));
    if (sent % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 10_000 / perSecond));
  }
}

async function obey(order: HubOrder): Promise<HubAnswer> {
  switch (order.do) {
    case "open": {
      [nodes, perNode] = [order.nodes, order.perNode];
      fill();
      authority = await openAuthority({ secrets: memorySecrets(), clock: systemClock, serverNames: ["127.0.0.1"] });
      const tls = await nodeCredential(authority, "edge-0");
      return { port: await open(0), tls };
    }
    case "restart": {
      const { port } = hub;
      await hub[Symbol.asyncDispose]();
      return { port: await open(port) };
    }
    case "patch":
      await patchFor(order.perSecond, order.seconds);
      return {};
    case "measure": {
      globalThis.gc?.();
      const { rss, heapUsed } = process.memoryUsage();
      const { user, system } = process.cpuUsage();
      const connected = hub.connectedNodes();
      const settled = connected.filter((node) => hub.isSettled(node)).length;
      return { rss, heapUsed, cpuMs: (user + system) / 1000, connected: connected.length, settled };
    }
  }
}

process.on("message", (order: HubOrder) => {
  obey(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
