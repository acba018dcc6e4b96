import type { Duplex } from "node:stream";
import { type Clock, systemClock } from "@edgetwin/mapper-sdk";
import { Air } from "./air.ts";
import { eui64, eui64At, join, u16, u32 } from "./bytes.ts";
import type { EmulatedDevice } from "./emulated-device.ts";
import { encodeMtFrame, type MtFrame, MtFrameReader, mtTypes } from "./mt-frame.ts";
import { NvMemory } from "./nv-memory.ts";
import { answerNv } from "./nv-requests.ts";
import type { AirFrame, ZnpCoordinatorOptions } from "./znp-options.ts";

/** Subsystems of the monitor and test interface. */
const subsystems = { sys: 1, af: 4, zdo: 5, util: 7, appConfig: 15 } as const;
/** Status codes of the stack (Z-Stack `ZComDef.h`). */
const statuses = { success: 0x00, bufferFull: 0x11, macNoAck: 0xe9, macTransactionExpired: 0xf0 } as const;
/** The state of a coordinator whose network runs (`DEV_ZB_COORD`). */
const coordinatorState = 9;
/** Endpoints that a host has registered at the end of its start. */
const hostEndpoints = 12;
/** How long a sleepy device listens after it spoke, and how long its parent keeps a frame for it. */
const listensMs = 10_000;
const keptMs = 7_680;

/**
 * A dongle with Z-Stack 3.x firmware at the wire: everything that a host asks while it starts, forms a network, lets
 * devices in, talks to them, and keeps and restores its memory. It answers on any stream of bytes.
 */
export class ZnpCoordinator {
  readonly air: Air;
  readonly nv: NvMemory;
  /** Frames that it was asked for and does not know; a test looks here when a library asks something new. */
  readonly unknown: string[] = [];
  /** How many requests came in, by `subsystem:command`. */
  readonly requests = new Map<string, number>();
  readonly #clock: Clock;
  readonly #onAir: ((frame: AirFrame) => void) | undefined;
  readonly #devices: EmulatedDevice[] = [];
  readonly #listensUntil = new WeakMap<EmulatedDevice, number>();
  readonly #endpoints = new Map<number, Buffer>();
  readonly #groups = new Set<string>();
  #stream: Duplex | undefined;
  #state = 0;
  #joinableUntil = Number.NEGATIVE_INFINITY;
  #sequence = 0;
  #traffic = 0;
  #pending = 0;

  constructor({
    clock = systemClock,
    ieee = "0x00124b0011223344",
    capacity,
    random,
    onAir,
  }: ZnpCoordinatorOptions = {}) {
    this.#clock = clock;
    this.#onAir = onAir;
    this.air = new Air(random);
    this.nv = new NvMemory({ ieee, ...(capacity !== undefined && { capacity }) });
  }

  /** Frames that it has taken and sent so far. */
  get traffic(): number {
    return this.#traffic;
  }

  /** What it will still do by itself. */
  get pending(): number {
    return this.#pending;
  }

  /** Devices in the network. */
  get devices(): readonly EmulatedDevice[] {
    return this.#devices;
  }

  /** Whether its network runs: it has its endpoints, so that the host hears who joins. */
  get isRunning(): boolean {
    return this.#state === coordinatorState && this.#endpoints.size >= hostEndpoints;
  }

  /** Whether it lets devices in now. */
  get isJoinable(): boolean {
    return this.#clock.monotonic() < this.#joinableUntil;
  }

  /** Whoever speaks on `stream` is the host from now on. */
  attach(stream: Duplex): void {
    this.#stream = stream;
    const reader = new MtFrameReader();
    stream.on("data", (bytes: Buffer) => {
      for (const frame of reader.push(bytes)) if (!this.air.isMute) this.#take(frame);
    });
    stream.on("error", () => stream.destroy()); // "close" tells whoever opened it
  }

  /**
   * A device asks to be let in. Returns false when the network is closed, does not run, or the table is full: it stays
   * outside then.
   */
  join(device: EmulatedDevice): boolean {
    if (!this.isJoinable || this.#state !== coordinatorState) return false;
    return this.admit(device);
  }

  /** Lets a device in whatever the window says: it was in the network all along, or came by another router. */
  admit(device: EmulatedDevice): boolean {
    const nwk = this.nv.addresses.get(device.ieee) ?? this.#freeAddress();
    if (!this.nv.remember(device.ieee, nwk)) return false;
    device.joined(nwk, (from, cluster, frame) => this.#fromDevice(from, cluster, frame));
    if (!this.#devices.includes(device)) this.#devices.push(device);
    this.#listens(device);
    this.#event(subsystems.zdo, 0xca, join(u16(nwk), eui64(device.ieee), u16(0)));
    this.#later(() => this.announce(device));
    return true;
  }

  /** A device says that it is there, as it does when it got power again. */
  announce(device: EmulatedDevice): void {
    if (!device.isOn || device.nwk === undefined) return;
    this.#listens(device);
    this.#event(subsystems.zdo, 0xc1, join(u16(device.nwk), device.announcement()));
  }

  /** A device leaves by itself, or because it was told to. */
  leave(device: EmulatedDevice): void {
    const at = this.#devices.indexOf(device);
    if (at < 0 || device.nwk === undefined) return;
    this.#devices.splice(at, 1);
    this.nv.forget(device.ieee);
    const nwk = device.nwk;
    device.left();
    this.#event(subsystems.zdo, 0xc9, join(u16(nwk), eui64(device.ieee), 0, 0, 0));
  }

  /** The firmware crashed and began anew: the network does not run until the host says so. */
  crash(): void {
    this.#state = 0;
    this.#endpoints.clear();
    this.#event(subsystems.sys, 0x80, Buffer.of(2, 2, 1, 2, 7, 1));
  }

  #take({ type, subsystem, command, payload }: MtFrame): void {
    this.#traffic++;
    const name = `${subsystem}:${command.toString(16)}`;
    this.requests.set(name, (this.requests.get(name) ?? 0) + 1);
    if (type === mtTypes.event) {
      if (subsystem === subsystems.sys && command === 0) this.#reset();
      return;
    }
    const reply = this.#reply(subsystem, command, payload);
    if (reply) return this.#send({ type: mtTypes.answer, subsystem, command, payload: reply });
    this.unknown.push(name);
    // Error frame (MT API 3.1.1): the command is not known.
    this.#send({ type: mtTypes.answer, subsystem: 0, command: 0, payload: Buffer.of(2, subsystem | 0x20, command) });
  }

  #reply(subsystem: number, command: number, payload: Buffer): Buffer | undefined {
    switch (subsystem) {
      case subsystems.sys:
        return this.#sys(command, payload);
      case subsystems.af:
        return this.#af(command, payload);
      case subsystems.zdo:
        return this.#zdo(command, payload);
      case subsystems.util:
        return this.#util(command, payload);
      case subsystems.appConfig:
        return this.#appConfig(command);
      default:
        return undefined;
    }
  }

  #reset(): void {
    const clears = ((this.nv.items.get(0x03)?.[0] ?? 0) & 0x02) !== 0;
    if (clears) this.nv.clearNetwork();
    this.#groups.clear();
    this.#after(20, () => this.crash());
  }

  #sys(command: number, payload: Buffer): Buffer | undefined {
    switch (command) {
      case 0x01: // ping: what it can do
        return u16(0x0659);
      case 0x02: // version: Z-Stack 3.x.0
        return join(2, 1, 2, 7, 1, u32(20_240_710));
      case 0x04:
        return eui64(this.nv.ieee);
      case 0x0f: // transmit power, as asked
        return Buffer.of(payload[1] ?? 0);
      default:
        return answerNv(this.nv, command, payload);
    }
  }

  #appConfig(command: number): Buffer | undefined {
    if (command === 0x08) return Buffer.of(0);
    if (command !== 0x05) return undefined;
    this.#later(() => {
      this.nv.form();
      this.#start();
    });
    return Buffer.of(0);
  }

  #util(command: number, payload: Buffer): Buffer | undefined {
    switch (command) {
      case 0x00:
        return join(0, eui64(this.nv.ieee), u16(0), 7, this.#state, 0);
      case 0x0a:
      case 0x63:
      case 0x64:
        return Buffer.of(0);
      case 0x4a: {
        const found = this.#devices.find(({ ieee }) => ieee === eui64At(payload, 0));
        return join(u16(found?.nwk ?? 0xfffe), u16(0), found ? 1 : 0xff);
      }
      default:
        return undefined;
    }
  }

  #af(command: number, payload: Buffer): Buffer | undefined {
    switch (command) {
      case 0x00:
        this.#endpoints.set(payload.readUInt8(0), Buffer.from(payload));
        return Buffer.of(0);
      case 0x01:
        if (this.#state !== coordinatorState) return Buffer.of(0xc2);
        if (this.air.isFull()) return Buffer.of(statuses.bufferFull);
        this.#request(payload);
        return Buffer.of(0);
      case 0x02: {
        // To a group or to all: confirmed once it is on the air.
        const [endpoint, transaction] = [payload.readUInt8(12), payload.readUInt8(15)];
        this.#later(() => this.#event(subsystems.af, 0x80, Buffer.of(0, endpoint, transaction)));
        return Buffer.of(0);
      }
      default:
        return undefined;
    }
  }

  /** Data request: to which device and endpoint, from which, cluster, transaction, options, radius, data. */
  #request(payload: Buffer): void {
    const device = this.#devices.find(({ nwk }) => nwk === payload.readUInt16LE(0));
    const cluster = payload.readUInt16LE(4);
    const [to, from, transaction] = [payload.readUInt8(2), payload.readUInt8(3), payload.readUInt8(6)];
    const frame = Buffer.from(payload.subarray(10));
    const confirm = (status: number) => this.#event(subsystems.af, 0x80, Buffer.of(status, from, transaction));
    if (!device?.isOn || this.air.takesRequest()) return this.#later(() => confirm(statuses.macNoAck));
    if (!this.#isListening(device)) {
      this.#after(keptMs, () => confirm(statuses.macTransactionExpired));
      return;
    }
    this.nv.frameCounter++;
    this.#see({ from: 0, to: device.nwk as number, endpoint: to, profile: 0x0104, cluster, payload: frame });
    this.#later(() => {
      confirm(statuses.success);
      const answer = device.receive(cluster, frame);
      if (answer) this.#after(this.air.answersLateMs, () => this.#fromDevice(device, cluster, answer));
    });
  }

  #fromDevice(device: EmulatedDevice, cluster: number, frame: Buffer): void {
    const { nwk } = device;
    if (nwk === undefined || !device.isOn || this.#state !== coordinatorState) return;
    this.#listens(device);
    this.#see({ from: nwk, to: 0, endpoint: 1, profile: 0x0104, cluster, payload: frame });
    if (this.air.takesAnswer()) return;
    const head = [u16(0), u16(cluster), u16(nwk), 1, 1, 0, 120, 0, u32(0), 0, frame.length];
    this.#later(() => this.#event(subsystems.af, 0x81, join(...head, frame, u16(nwk), 29)));
  }

  #zdo(command: number, payload: Buffer): Buffer | undefined {
    switch (command) {
      case 0x40: // start up: 0 what was there goes on, 1 a new network
        if (this.nv.network) this.#later(() => this.#start());
        return Buffer.of(this.nv.network ? 0 : 1);
      case 0x45:
        return Buffer.of(0);
      case 0x4a:
        return join(this.#groups.has(payload.toString("hex")) ? 0 : 1, payload.subarray(1, 3), 0);
      case 0x4b:
        this.#groups.add(payload.subarray(0, 3).toString("hex"));
        return Buffer.of(0);
      case 0x50: {
        const { panId = 0xffff, extendedPanId = Buffer.alloc(8), channel = 0 } = this.nv.network ?? {};
        return join(u16(0), this.#state, u16(panId), u16(0), extendedPanId, Buffer.alloc(8), channel);
      }
      case 0x36:
        this.#joinableUntil = this.#clock.monotonic() + payload.readUInt8(3) * 1000;
        this.#later(() => this.#told(payload.readUInt8(3)));
        return Buffer.of(0);
      default:
        if (command >= 0x40) return undefined;
        this.#later(() => this.#deviceProfile(command, payload));
        return Buffer.of(0);
    }
  }

  /** Requests of the device profile: the address first, but for those that ask for an address. */
  #deviceProfile(command: number, payload: Buffer): void {
    const answer = (to: number, data: Buffer) => this.#event(subsystems.zdo, command | 0x80, join(u16(to), data));
    if (command === 0x00) {
      const found = this.#devices.find(({ ieee, isOn }) => isOn && ieee === eui64At(payload, 0));
      if (found) this.#event(subsystems.zdo, 0x80, join(0, eui64(found.ieee), u16(found.nwk ?? 0), 0, 0));
      return;
    }
    if (command === 0x37) return this.nv.moveTo(31 - Math.clz32(payload.readUInt32LE(3)));
    const to = payload.readUInt16LE(0);
    if (to === 0) return answer(0, this.#ownProfile(command, payload));
    const device = this.#devices.find(({ nwk }) => nwk === to);
    if (!device?.isOn || !this.#isListening(device) || this.air.takesRequest()) return;
    const body = payload.subarray(2);
    this.#see({ from: 0, to, endpoint: 0, profile: 0, cluster: command, payload: join(++this.#sequence & 0xff, body) });
    const said = device.answerZdo(command, body);
    if (!said || this.air.takesAnswer()) return;
    const seen = join(this.#sequence & 0xff, said);
    this.#see({ from: to, to: 0, endpoint: 0, profile: 0, cluster: command | 0x8000, payload: seen });
    this.#listens(device);
    this.#later(() => {
      answer(to, said);
      if (command === 0x34) this.leave(device);
    });
  }

  /** What the coordinator says about its own endpoints. */
  #ownProfile(command: number, payload: Buffer): Buffer {
    const me = u16(0);
    if (command === 0x05) return join(0, me, this.#endpoints.size, ...this.#endpoints.keys());
    const known = this.#endpoints.get(payload[4] ?? 0);
    if (command === 0x04 && known) {
      const descriptor = join(known.subarray(0, 6), known.subarray(7)); // all but the latency
      return join(0, me, descriptor.length, descriptor);
    }
    if (command === 0x02) return join(0, me, 0, 0x40, 0x8f, u16(0), 80, u16(160), u16(0x2c41), u16(160), 0);
    return join(0, 0, 0, 0);
  }

  /** The window was opened or closed. */
  #told(seconds: number): void {
    this.#event(subsystems.zdo, 0xb6, join(u16(0), 0));
    this.#event(subsystems.zdo, 0xcb, Buffer.of(seconds));
  }

  #start(): void {
    this.#state = coordinatorState;
    this.#event(subsystems.zdo, 0xc0, Buffer.of(coordinatorState));
  }

  #freeAddress(): number {
    const taken = new Set(this.nv.addresses.values());
    let address = 0x1000;
    while (taken.has(address)) address += 0x0101;
    return address;
  }

  #isListening(device: EmulatedDevice): boolean {
    return device.kind === "router" || this.#clock.monotonic() < (this.#listensUntil.get(device) ?? 0);
  }

  #listens(device: EmulatedDevice): void {
    this.#listensUntil.set(device, this.#clock.monotonic() + listensMs);
  }

  #see(frame: AirFrame): void {
    this.#onAir?.(frame);
  }

  #later(action: () => void): void {
    this.#after(this.air.latencyMs, action);
  }

  #after(ms: number, action: () => void): void {
    this.#pending++;
    this.#clock.after(ms, () => {
      this.#pending--;
      action();
    });
  }

  #event(subsystem: number, command: number, payload: Buffer): void {
    this.#send({ type: mtTypes.event, subsystem, command, payload });
  }

  #send(frame: MtFrame): void {
    this.#traffic++;
    if (!this.air.isMute && this.#stream?.writable) this.#stream.write(encodeMtFrame(frame));
  }
}
