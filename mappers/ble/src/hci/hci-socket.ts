import { EventEmitter } from "node:events";
import { type Clock, HalError, type Timer } from "@edgetwin/mapper-sdk";
import { addressFrom } from "./address.ts";
import { type Advertisement, parseAdvertisingReports } from "./advertisement.ts";
import { packetKind } from "./h4-parser.ts";
import { introduction } from "./introduction.ts";
import { channel, event, opcode, opcodeName, subevent } from "./opcodes.ts";
import type { HciTransport } from "./transport.ts";

/** How the controller listens for advertisements. */
export interface ScanSettings {
  /** Whether devices are asked for what does not fit into an advertisement. */
  readonly active: boolean;
  /** The part of the time in which the radio listens, 1 to 100. */
  readonly dutyPercent: number;
}

/** What passes through the socket and concerns others than the library. */
export interface HciObserver {
  advertisement(heard: Advertisement): void;
  /** A device refused a request of the ATT protocol, or to pair. */
  refusal(address: string, refusal: AttRefusal | "pairing"): void;
  /** The controller is gone, or does not answer; said once. */
  lost(error: Error): void;
}

/** An error response (Core 5.4, volume 3, part F 3.4.1.1). */
export interface AttRefusal {
  /** Opcode of the request. */
  readonly request: number;
  readonly handle: number;
  readonly code: number;
}

/** A controller has to answer a command within this. */
const commandMs = 2_000;
/** How long it may take to be reset for the last time. */
const goodbyeMs = 500;
/** The period in which the radio listens for its part of the time, and the unit in which a controller takes it. */
const scanIntervalMs = 100;
const scanUnitMs = 0.625;

/**
 * What the library has in place of its own HCI socket: the same methods and events, over any transport. Four things happen
 * on the way that the library leaves out. Commands wait until the controller has room for them (Core 5.4, volume 4, part
 * E 4.4); scans listen a part of the time; advertisements go to the observer alone, as the library would keep every
 * address it ever heard; and what a device refuses is told, where the library would wait for ever.
 */
export class HciSocket extends EventEmitter {
  /** Settings of the next scan. */
  scan: ScanSettings = { active: false, dutyPercent: 30 };
  readonly #transport: HciTransport;
  readonly #clock: Clock;
  readonly #observer: HciObserver;
  readonly #waiting: Buffer[] = [];
  readonly #addresses = new Map<number, string>();
  #credits = 1;
  #onReset: (() => void) | undefined;
  /** Packets that the transport has not taken yet. */
  #unsent = 0;
  #onFlushed: (() => void)[] = [];
  #deadline: Timer | undefined;
  #closed = false;
  #heardAt: number;

  constructor(transport: HciTransport, clock: Clock, observer: HciObserver) {
    super();
    this.#transport = transport;
    this.#clock = clock;
    this.#observer = observer;
    this.#heardAt = clock.monotonic();
    transport.listen({ packet: (packet) => this.#receive(packet), lost: (error) => this.#lose(error) });
  }

  /** When the controller said something last, in milliseconds on the monotonic clock. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** Whether the way to the controller is held up, e.g. by its flow control: nobody is late then. */
  get isBlocked(): boolean {
    return this.#unsent > 0;
  }

  /** Resolves when the transport has taken everything. */
  flushed(): Promise<void> {
    return this.isBlocked ? new Promise((resolve) => this.#onFlushed.push(resolve)) : Promise.resolve();
  }

  /** Makes the library know a device that was heard, so that it can be connected. */
  introduce(heard: Advertisement): void {
    // The library tells about a connectable device at its second report without a scan response.
    for (let report = 0; report < 2; report++) this.emit("data", introduction(heard));
  }

  /** Sends a command that changes nothing, to see whether the controller still answers. */
  probe(): void {
    const readAddress = 0x1009;
    this.write(Buffer.of(packetKind.command, readAddress & 0xff, readAddress >> 8, 0));
  }

  /** Resets the controller, which ends its scan and its links, and sends nothing more. Resolves when that is done, or too late. */
  async quiet(): Promise<void> {
    if (this.#closed) return;
    this.removeAllListeners();
    this.#waiting.length = 0;
    // What was written a moment ago is on its way; what is still there after a few turns is held up.
    for (let turn = 0; turn < 4 && this.isBlocked; turn++) await new Promise((resolve) => setImmediate(resolve));
    if (this.isBlocked) return this.close();
    await new Promise<void>((resolve) => {
      const timer = this.#clock.after(goodbyeMs, resolve);
      this.#onReset = () => {
        timer[Symbol.dispose]();
        resolve();
      };
      this.write(Buffer.of(packetKind.command, opcode.reset & 0xff, opcode.reset >> 8, 0));
    });
    this.close();
  }

  /** Sends nothing more. */
  close(): void {
    this.#closed = true;
    this.#deadline?.[Symbol.dispose]();
    this.#waiting.length = 0;
    this.removeAllListeners();
    for (const resolve of this.#onFlushed.splice(0)) resolve();
  }

  write(packet: Buffer): void {
    if (this.#closed) return;
    if (packet[0] !== packetKind.command) return this.#send(packet);
    this.#waiting.push(this.#shaped(packet));
    this.#sendNext();
  }

  /** Of the library's interface. */
  bindRaw(): number {
    return 0;
  }
  bindUser(): number {
    return 0;
  }
  isDevUp(): boolean {
    return true;
  }
  start(): void {}
  stop(): void {
    this.close();
  }
  reset(): void {}
  setFilter(): void {}

  #shaped(command: Buffer): Buffer {
    const shaped = Buffer.from(command);
    if (command.readUInt16LE(1) !== opcode.leSetScanParameters || command.length < 11) return shaped;
    const interval = Math.round(scanIntervalMs / scanUnitMs);
    const window = Math.max(4, Math.round((interval * this.scan.dutyPercent) / 100));
    shaped.writeUInt8(this.scan.active ? 1 : 0, 4);
    shaped.writeUInt16LE(interval, 5);
    shaped.writeUInt16LE(window, 7);
    return shaped;
  }

  #sendNext(): void {
    if (this.#credits === 0 || this.#closed) return;
    const command = this.#waiting.shift();
    if (!command) return;
    this.#credits--;
    this.#send(command, () => {
      if (this.#credits > 0 || this.#closed) return; // answered before it counted as sent
      this.#deadline = this.#clock.after(commandMs, () => {
        const name = opcodeName(command.readUInt16LE(1));
        this.#lose(new HalError("timeout", `the controller does not answer command ${name} within ${commandMs} ms`));
      });
    });
  }

  #send(packet: Buffer, then?: () => void): void {
    this.#unsent++;
    void this.#transport.send(packet).then(() => {
      this.#unsent--;
      then?.();
      if (!this.isBlocked) for (const resolve of this.#onFlushed.splice(0)) resolve();
    });
  }

  #answered(credits: number): void {
    this.#deadline?.[Symbol.dispose]();
    this.#deadline = undefined;
    // One at a time, whatever more the controller offers: some lose what comes in a burst.
    this.#credits = Math.min(1, credits);
    this.#sendNext();
  }

  #lose(error: Error): void {
    if (this.#closed) return;
    this.#onReset?.();
    this.close();
    this.#observer.lost(error);
  }

  #receive(packet: Buffer): void {
    if (this.#closed) return;
    this.#heardAt = this.#clock.monotonic();
    const isAdvertising = this.#look(packet);
    if (!isAdvertising && !this.#closed) this.emit("data", packet);
    if (packet[0] !== packetKind.event) return;
    if (packet[1] === event.commandComplete && packet.length >= 6) {
      if (packet.readUInt16LE(4) === opcode.reset) this.#onReset?.();
      this.#answered(packet[3] as number);
    }
    if (packet[1] === event.commandStatus && packet.length >= 5) this.#answered(packet[4] as number);
  }

  /** Whether the packet is an advertising report, which the library does not get. */
  #look(packet: Buffer): boolean {
    if (packet[0] === packetKind.acl) this.#lookAtData(packet);
    else if (packet[1] === event.disconnectionComplete && packet.length >= 6 && packet[3] === 0)
      this.#addresses.delete(packet.readUInt16LE(4));
    else if (packet[1] === event.leMeta && packet.length >= 5) return this.#lookAtMeta(packet);
    return false;
  }

  #lookAtMeta(packet: Buffer): boolean {
    const kind = packet[3];
    if (kind === subevent.advertisingReport) {
      for (const heard of parseAdvertisingReports(packet.subarray(4))) this.#observer.advertisement(heard);
      return true;
    }
    if (kind === subevent.connectionComplete || kind === subevent.enhancedConnectionComplete) {
      const succeeded = packet[4] === 0 && packet.length >= 15;
      if (succeeded) this.#addresses.set(packet.readUInt16LE(5) & 0xfff, addressFrom(packet.subarray(9, 15)));
    }
    return kind === subevent.extendedAdvertisingReport;
  }

  #lookAtData(packet: Buffer): void {
    const address = this.#addresses.get(packet.readUInt16LE(1) & 0xfff);
    if (address === undefined || packet.length < 10) return;
    const errorResponse = 0x01;
    const pairingFailed = 0x05;
    const [on, code] = [packet.readUInt16LE(7), packet[9]];
    if (on === channel.att && code === errorResponse && packet.length >= 14)
      this.#observer.refusal(address, {
        request: packet[10] as number,
        handle: packet.readUInt16LE(11),
        code: packet[13] as number,
      });
    if (on === channel.smp && code === pairingFailed) this.#observer.refusal(address, "pairing");
  }
}
