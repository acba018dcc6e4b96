import { type Clock, systemClock, type Timer } from "@edgetwin/mapper-sdk";
import { addressBytes } from "../hci/address.ts";
import { packetKind } from "../hci/h4-parser.ts";
import { event, opcode, opcodeName, subevent } from "../hci/opcodes.ts";
import type { SimDevice } from "./sim-device.ts";
import { aclBytes, SimLink } from "./sim-link.ts";

/** How a controller differs from one that answers at once. */
export interface SimControllerOptions {
  readonly clock?: Clock;
  readonly address?: string;
  /** How long it works on a command; a second one in that time is lost, and counted. */
  readonly commandMs?: number;
}

const disallowed = 0x0c;
const noSuchConnection = 0x02;
const connectionTimeout = 0x08;
const localHost = 0x16;

/**
 * A Bluetooth LE controller with devices in its range, at the level of HCI packets (Core 5.4, volume 4, part E): legacy
 * advertising, scanning with its duty cycle, one connection attempt at a time, links with packets of 27 bytes.
 */
export class SimController {
  readonly devices: SimDevice[];
  /** Commands it got, by name, oldest first. */
  readonly commands: string[] = [];
  /** Commands that came while it worked on another one. */
  overruns = 0;
  /** Whether it answers at all. */
  isHung = false;
  /** Answers to commands with these opcodes: a status instead of success. */
  readonly refusals = new Map<number, number>();
  /** The last scan parameters it was given. */
  scanParameters = { active: false, intervalMs: 0, windowMs: 0 };
  isScanning = false;
  readonly #clock: Clock;
  readonly #address: string;
  readonly #commandMs: number;
  readonly #links = new Map<number, SimLink>();
  readonly #advertising = new Map<SimDevice, Timer>();
  #send: (packet: Buffer) => void = () => undefined;
  #working: Timer | undefined;
  #connecting: Buffer | undefined;
  #nextHandle = 0x40;

  constructor(devices: readonly SimDevice[] = [], options: SimControllerOptions = {}) {
    const { clock = systemClock, address = "c0:ff:ee:00:00:01", commandMs = 0 } = options;
    this.devices = [...devices];
    this.#clock = clock;
    this.#address = address;
    this.#commandMs = commandMs;
  }

  get links(): number {
    return this.#links.size;
  }

  /** Packets go to `send` from now on: a host is there. */
  attach(send: (packet: Buffer) => void): void {
    this.#send = send;
  }

  /** A device comes into range. */
  add(device: SimDevice): SimDevice {
    this.devices.push(device);
    if (this.isScanning) this.#advertise(device);
    return device;
  }

  /** Cuts the link to a device, as when it leaves or its battery is taken out. */
  cut(device: SimDevice): void {
    for (const link of this.#links.values()) if (link.device === device) this.#endLink(link, connectionTimeout);
  }

  /** Loses its power: everything it knew is gone. */
  powerCycle(): void {
    this.isHung = false;
    this.#reset();
  }

  /** A packet of the host. */
  receive(packet: Buffer): void {
    if (this.isHung) return;
    if (packet[0] === packetKind.command) this.#accept(packet);
    else if (packet[0] === packetKind.acl) this.#data(packet);
  }

  #accept(packet: Buffer): void {
    const code = packet.readUInt16LE(1);
    this.commands.push(opcodeName(code));
    if (this.commands.length > 2000) this.commands.splice(0, 1000);
    if (this.#commandMs === 0) return this.#execute(code, packet.subarray(4));
    if (this.#working) return void this.overruns++;
    this.#working = this.#clock.after(this.#commandMs, () => {
      this.#working = undefined;
      if (!this.isHung) this.#execute(code, packet.subarray(4));
    });
  }

  #execute(code: number, parameters: Buffer): void {
    const refusal = this.refusals.get(code);
    if (refusal !== undefined && code === opcode.leCreateConnection) return this.#status(code, refusal);
    if (refusal !== undefined) return this.#complete(code, Buffer.of(refusal));
    switch (code) {
      case opcode.reset:
        this.#reset();
        return this.#complete(code);
      case 0x1001: // Read Local Version: 5.0
        return this.#complete(code, Buffer.of(0, 9, 0, 0, 9, 0xff, 0xff, 0, 0));
      case 0x1009:
        return this.#complete(code, Buffer.concat([Buffer.of(0), addressBytes(this.#address)]));
      case 0x1005:
        return this.#complete(code, Buffer.of(0, 0, 0, 0, 0, 0, 0, 0));
      case 0x2002: // LE Read Buffer Size
        return this.#complete(code, Buffer.of(0, aclBytes, 0, 8));
      case 0x2003: // LE Read Local Supported Features: none
        return this.#complete(code, Buffer.alloc(9));
      case 0x0c6c:
        return this.#complete(code, Buffer.of(0, 1, 0));
      case opcode.leSetScanParameters:
        return this.#setScan(code, parameters);
      case opcode.leSetScanEnable:
        return this.#enableScan(code, parameters[0] === 1);
      case opcode.leCreateConnection:
        return this.#createConnection(code, parameters);
      case opcode.leCreateConnectionCancel:
        return this.#cancelConnection(code);
      case opcode.disconnect:
        return this.#disconnect(code, parameters.readUInt16LE(0));
      default:
        return this.#complete(code);
    }
  }

  #reset(): void {
    this.isScanning = false;
    this.#connecting = undefined;
    for (const timer of this.#advertising.values()) timer[Symbol.dispose]();
    this.#advertising.clear();
    for (const link of this.#links.values()) link.end();
    this.#links.clear();
  }

  #setScan(code: number, parameters: Buffer): void {
    if (this.isScanning) return this.#complete(code, Buffer.of(disallowed));
    const unitMs = 0.625;
    this.scanParameters = {
      active: parameters[0] === 1,
      intervalMs: parameters.readUInt16LE(1) * unitMs,
      windowMs: parameters.readUInt16LE(3) * unitMs,
    };
    this.#complete(code);
  }

  #enableScan(code: number, enable: boolean): void {
    this.isScanning = enable;
    for (const timer of this.#advertising.values()) timer[Symbol.dispose]();
    this.#advertising.clear();
    if (enable) for (const device of this.devices) this.#advertise(device);
    this.#complete(code);
  }

  #advertise(device: SimDevice): void {
    const timer = this.#clock.after(
      device.intervalMs,
      () => {
        this.#advertise(device);
        if (device.isPresent && !this.#linkOf(device)) this.#report(device);
      },
      { background: true },
    );
    this.#advertising.set(device, timer);
  }

  /** What a scan with this duty cycle hears of an advertisement: the part of them that falls into its windows. */
  #report(device: SimDevice): void {
    const { active, windowMs, intervalMs } = this.scanParameters;
    const goldenRatio = 0.618_033_988_75;
    const phase = (device.advertisements++ * goldenRatio) % 1;
    if (this.isHung || phase >= windowMs / intervalMs) return;
    const indicated = device.isConnectable ? 0x00 : 0x02;
    this.#sendReport(device, indicated, device.data);
    const { response } = device;
    if (active && response.length > 0) this.#sendReport(device, 0x04, response);
  }

  #sendReport(device: SimDevice, type: number, data: Buffer): void {
    const type8 = device.addressType === "random" ? 1 : 0;
    const report = [Buffer.of(subevent.advertisingReport, 1, type, type8), addressBytes(device.address)];
    this.#event(event.leMeta, Buffer.concat([...report, Buffer.of(data.length), data, Buffer.of(device.rssi & 0xff)]));
  }

  #createConnection(code: number, parameters: Buffer): void {
    if (this.#connecting) return this.#status(code, disallowed);
    const wanted = Buffer.from(parameters.subarray(6, 12));
    this.#connecting = wanted;
    this.#status(code, 0);
    const device = this.devices.find((one) => addressBytes(one.address).equals(wanted));
    if (!device?.isConnectable) return;
    // It is connected at one of its next advertisements, a moment later.
    const attempt = () => {
      if (this.#connecting !== wanted) return;
      if (!device.isPresent || this.#linkOf(device))
        return void this.#clock.after(device.intervalMs, attempt, { background: true });
      this.#connecting = undefined;
      this.#connected(device);
    };
    this.#clock.after(Math.min(10, device.intervalMs), attempt, { background: true });
  }

  #connected(device: SimDevice): void {
    const handle = this.#nextHandle++ & 0xeff;
    const send = (packet: Buffer) => {
      if (!this.isHung) this.#send(packet);
    };
    this.#links.set(handle, new SimLink(handle, device, { clock: this.#clock, send }));
    this.#connectionComplete(0, { handle, device });
  }

  #connectionComplete(status: number, { handle = 0, device }: { handle?: number; device?: SimDevice } = {}): void {
    const parameters = Buffer.alloc(19);
    parameters.writeUInt8(subevent.connectionComplete, 0);
    parameters.writeUInt8(status, 1);
    parameters.writeUInt16LE(handle, 2);
    if (device) {
      parameters.writeUInt8(device.addressType === "random" ? 1 : 0, 5);
      addressBytes(device.address).copy(parameters, 6);
      parameters.writeUInt16LE(24, 12);
      parameters.writeUInt16LE(400, 16);
    }
    this.#event(event.leMeta, parameters);
  }

  #cancelConnection(code: number): void {
    const wasConnecting = this.#connecting !== undefined;
    this.#connecting = undefined;
    this.#complete(code, Buffer.of(wasConnecting ? 0 : disallowed));
    if (wasConnecting) this.#connectionComplete(noSuchConnection);
  }

  #disconnect(code: number, handle: number): void {
    const link = this.#links.get(handle);
    this.#status(code, link ? 0 : noSuchConnection);
    if (link) this.#endLink(link, localHost);
  }

  #endLink(link: SimLink, reason: number): void {
    link.end();
    this.#links.delete(link.handle);
    this.#event(event.disconnectionComplete, Buffer.of(0, link.handle & 0xff, link.handle >> 8, reason));
  }

  #data(packet: Buffer): void {
    const handle = packet.readUInt16LE(1) & 0xfff;
    const continues = ((packet.readUInt16LE(1) >> 12) & 3) === 1;
    this.#event(event.completedPackets, Buffer.of(1, handle & 0xff, handle >> 8, 1, 0));
    this.#links.get(handle)?.receive(packet.subarray(5), !continues);
  }

  #linkOf(device: SimDevice): SimLink | undefined {
    return [...this.#links.values()].find((link) => link.device === device);
  }

  #complete(code: number, result: Buffer = Buffer.of(0)): void {
    this.#event(event.commandComplete, Buffer.concat([Buffer.of(1, code & 0xff, code >> 8), result]));
  }

  #status(code: number, status: number): void {
    this.#event(event.commandStatus, Buffer.of(status, 1, code & 0xff, code >> 8));
  }

  #event(code: number, parameters: Buffer): void {
    if (!this.isHung) this.#send(Buffer.concat([Buffer.of(packetKind.event, code, parameters.length), parameters]));
  }
}
