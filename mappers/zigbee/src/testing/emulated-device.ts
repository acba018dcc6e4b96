import { eui64, eui64At, join, u16 } from "./bytes.ts";
import { type CommandHandler, type EmulatedClusters, ZclEndpoint } from "./zcl-endpoint.ts";
import type { ZclValue } from "./zcl-value.ts";

/** How a device is made. */
export interface EmulatedDeviceParts {
  readonly ieee: string;
  /** A router is mains-powered and always listens; a sleepy device only hears what it fetches after it spoke. */
  readonly kind: "router" | "sleepy";
  /** The device of the Home Automation profile that endpoint 1 is. */
  readonly deviceId: number;
  readonly clusters: EmulatedClusters;
  readonly outClusters?: readonly number[];
  readonly commands?: Readonly<Record<number, CommandHandler>>;
  readonly unreportable?: readonly string[];
}

/** What a device was told: a command of a cluster, or a general one. */
export interface ReceivedFrame {
  readonly cluster: number;
  readonly frame: Buffer;
}

/** Where a device sends to: the coordinator puts itself there when the device joins. */
export type Uplink = (device: EmulatedDevice, cluster: number, frame: Buffer) => void;

/** Requests of the Zigbee Device Profile that a device answers (Zigbee specification 2.4.3). */
const zdo = {
  nodeDescriptor: 0x02,
  simpleDescriptor: 0x04,
  activeEndpoints: 0x05,
  bind: 0x21,
  unbind: 0x22,
  neighbours: 0x31,
  leave: 0x34,
  permitJoining: 0x36,
} as const;

/** Home Automation. */
const profile = 0x0104;

/** A Zigbee device with one endpoint, as the coordinator sees it. */
export class EmulatedDevice {
  readonly ieee: string;
  readonly kind: "router" | "sleepy";
  readonly endpoint: ZclEndpoint;
  /** Its address while it is in the network. */
  nwk: number | undefined;
  /** False: switched off, or out of reach. */
  isOn = true;
  /** Everything that reached its endpoint, in order. */
  readonly received: ReceivedFrame[] = [];
  /** Clusters bound to the coordinator or another device, as `cluster -> target`. */
  readonly bindings = new Map<number, string>();
  /** Called with every frame that reached it. */
  onReceived: ((received: ReceivedFrame) => void) | undefined;
  readonly #parts: EmulatedDeviceParts;
  #uplink: Uplink | undefined;

  constructor(parts: EmulatedDeviceParts) {
    this.#parts = parts;
    this.ieee = parts.ieee;
    this.kind = parts.kind;
    this.endpoint = new ZclEndpoint({
      clusters: parts.clusters,
      commands: parts.commands ?? {},
      ...(parts.unreportable && { unreportable: parts.unreportable }),
      send: (cluster, frame) => {
        if (this.isOn) this.#uplink?.(this, cluster, frame);
      },
    });
  }

  get(cluster: number, attribute: number): ZclValue | undefined {
    return this.endpoint.get(cluster, attribute);
  }

  /** Changes an attribute at the device: somebody pressed its button, or it got warmer. */
  set(cluster: number, attribute: number, value: ZclValue): void {
    this.endpoint.set(cluster, attribute, value);
  }

  /** It is in the network from now on. */
  joined(nwk: number, uplink: Uplink): void {
    this.nwk = nwk;
    this.#uplink = uplink;
  }

  /** It forgot the network and everything that was set up. */
  left(): void {
    this.nwk = undefined;
    this.#uplink = undefined;
    this.bindings.clear();
    this.endpoint.forget();
  }

  /** MAC capabilities (Zigbee specification 2.3.2.3.6): full function, mains, listens when idle, gives out addresses. */
  get capability(): number {
    return this.kind === "router" ? 0x8e : 0x80;
  }

  /** How often commands of one cluster arrived. */
  commands(cluster: number): readonly ReceivedFrame[] {
    return this.received.filter((one) => one.cluster === cluster && ((one.frame[0] as number) & 3) === 1);
  }

  /** Takes a frame for its endpoint; returns the answer, if there is any. */
  receive(cluster: number, frame: Buffer): Buffer | undefined {
    this.received.push({ cluster, frame });
    if (this.received.length > 1000) this.received.shift();
    const answer = this.endpoint.receive(cluster, frame);
    this.onReceived?.({ cluster, frame });
    return answer;
  }

  /** The answer to a request of the device profile, with its status first; undefined when it does not know it. */
  answerZdo(request: number, payload: Buffer): Buffer | undefined {
    const nwk = u16(this.nwk ?? 0);
    switch (request) {
      case zdo.nodeDescriptor:
        return join(0, nwk, ...this.#nodeDescriptor());
      case zdo.activeEndpoints:
        return join(0, nwk, 1, 1);
      case zdo.simpleDescriptor:
        return payload[2] === 1 ? this.#simpleDescriptor(nwk) : join(0x82, nwk, 0);
      case zdo.bind:
        this.bindings.set(payload.readUInt16LE(9), eui64At(payload, 12));
        return Buffer.of(0);
      case zdo.unbind:
        this.bindings.delete(payload.readUInt16LE(9));
        return Buffer.of(0);
      case zdo.neighbours:
        return Buffer.of(0, 0, 0, 0);
      case zdo.leave:
      case zdo.permitJoining:
        return Buffer.of(0);
      default:
        return undefined;
    }
  }

  /** Zigbee specification 2.3.2.3: kind, frequency band, capabilities, maker, buffer and transfer sizes. */
  #nodeDescriptor(): readonly (Buffer | number)[] {
    const maker = u16(0x1234);
    return [this.kind === "router" ? 1 : 2, 0x40, this.capability, maker, 82, u16(82), u16(0x2c00), u16(82), 0];
  }

  #simpleDescriptor(nwk: Buffer): Buffer {
    const { clusters, outClusters = [], deviceId } = this.#parts;
    const inClusters = Object.keys(clusters).map(Number);
    const lists = [inClusters.length, ...inClusters.map(u16), outClusters.length, ...outClusters.map(u16)];
    const descriptor = join(1, u16(profile), u16(deviceId), 0, ...lists);
    return join(0, nwk, descriptor.length, descriptor);
  }

  /** What it says when it comes into the network or finds it again (Zigbee specification 2.4.3.1.11). */
  announcement(): Buffer {
    return join(u16(this.nwk ?? 0), eui64(this.ieee), this.capability);
  }
}
