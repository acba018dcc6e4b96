import { basename } from "node:path";
import type { Poller, Ready, Syscalls } from "../src/gpiochip/syscalls.ts";

/** One line of the emulated chip, seen from the wire. */
export interface EmulatedLine {
  name: string;
  consumer: string;
  used: boolean;
  output: boolean;
  activeLow: boolean;
  /** Level on the wire. */
  high: boolean;
  /** Every level the wire showed since the chip was made, without repetitions. */
  readonly history: boolean[];
  bias: "up" | "down" | "none" | undefined;
  drive: "push-pull" | "open-drain" | "open-source";
}

interface Request {
  readonly lines: number[];
  readonly edges: number;
  readonly debounceUs: number;
  readonly events: Uint8Array[];
  readonly capacity: number;
  sequence: number;
  readonly lineSequence: Map<number, number>;
}

export interface EmulatorOptions {
  readonly label?: string;
  readonly lines?: number;
  /** Nanoseconds of CLOCK_MONOTONIC. */
  readonly now?: () => bigint;
}

/**
 * A kernel with one GPIO chip behind /dev/gpiochip0, written from linux/gpio.h and Documentation/userspace-api/gpio:
 * it parses the bytes of the requests by itself and shares no code or number with the implementation under test.
 */
export class KernelEmulator implements Syscalls {
  readonly lines: EmulatedLine[];
  /** Error codes that `open` answers with, by device name. */
  readonly denied = new Map<string, string>();
  /** Labels of further chips by device name; they have no lines in use. */
  readonly chips = new Map<string, string>();
  /** Descriptors that were closed while somebody waited on them: the line would stay claimed. */
  readonly closedWhilePolled: number[] = [];
  /** Threads that wait in poll(2) at this moment, and the most there ever were. */
  waiting = 0;
  mostWaiting = 0;
  unplugged = false;
  readonly #now: () => bigint;
  readonly #files = new Map<number, { chip?: string; request?: Request }>();
  readonly #polled = new Map<object, readonly number[]>();
  readonly #wakers = new Set<() => void>();
  #nextFd = 100;

  constructor({ label = "pinctrl-bcm2711", lines = 58, now = () => 0n }: EmulatorOptions = {}) {
    this.chips.set("gpiochip0", label);
    this.#now = now;
    this.lines = Array.from({ length: lines }, (_, offset) => ({
      name: `GPIO${offset}`,
      consumer: "",
      used: false,
      output: false,
      activeLow: false,
      high: false,
      history: [false],
      bias: undefined,
      drive: "push-pull",
    }));
  }

  get openFiles(): number {
    return this.#files.size;
  }

  monotonicNs(): bigint {
    return this.#now();
  }

  open(path: string): number {
    const name = basename(path);
    const denied = this.denied.get(name);
    if (denied) throw errno(denied, "open");
    if (!this.chips.has(name)) throw errno("ENOENT", "open");
    return this.#newFile({ chip: name });
  }

  close(fd: number): void {
    const file = this.#files.get(fd);
    if (!file) throw errno("EBADF", "close");
    if ([...this.#polled.values()].some((fds) => fds.includes(fd))) this.closedWhilePolled.push(fd);
    this.#files.delete(fd);
    for (const offset of file.request?.lines ?? []) Object.assign(this.#line(offset), { used: false, consumer: "" });
  }

  ioctl(fd: number, request: number, argument: Uint8Array): void {
    const file = this.#files.get(fd);
    if (!file) throw errno("EBADF", "ioctl");
    if (this.unplugged) throw errno("ENODEV", "ioctl");
    const data = new DataView(argument.buffer, argument.byteOffset, argument.byteLength);
    const size = (request >>> 16) & 0x3fff;
    if (((request >>> 8) & 0xff) !== 0xb4 || size !== argument.byteLength) throw errno("EINVAL", "ioctl");
    const number = request & 0xff;
    if (file.request) return this.#lineIoctl(number, file.request, data);
    const { chip = "" } = file;
    if (number === 1) {
      putText(data, 0, chip);
      putText(data, 32, this.chips.get(chip) ?? "");
      data.setUint32(64, this.lines.length, true);
    } else if (number === 5) this.#lineInfo(data);
    else if (number === 7) this.#requestLines(data);
    else throw errno("EINVAL", "ioctl");
  }

  read(fd: number, into: Uint8Array): number {
    const request = this.#files.get(fd)?.request;
    if (!request) throw errno("EBADF", "read");
    if (this.unplugged) throw errno("ENODEV", "read");
    if (request.events.length === 0) throw errno("EAGAIN", "read");
    let length = 0;
    while (length + 48 <= into.length) {
      const event = request.events.shift();
      if (!event) break;
      into.set(event, length);
      length += 48;
    }
    return length;
  }

  poller(): Poller {
    const key = {};
    let woken = false;
    let ring = () => {};
    return {
      wake() {
        woken = true;
        ring();
      },
      wait: (fds) =>
        new Promise((resolve) => {
          this.waiting++;
          this.mostWaiting = Math.max(this.mostWaiting, this.waiting);
          this.#polled.set(key, fds);
          let returning = false;
          const check = () => {
            if (returning) return;
            const ready = fds.flatMap((fd) => this.#ready(fd));
            if (ready.length === 0 && !woken) return;
            returning = true;
            this.#wakers.delete(check);
            // A thread comes back a turn later; until then it still holds the files.
            setImmediate(() => {
              woken = false;
              this.waiting--;
              this.#polled.delete(key);
              resolve(ready);
            });
          };
          ring = check;
          this.#wakers.add(check);
          check();
        }),
      [Symbol.dispose]() {},
    };
  }

  /** Drives a wire from outside, at the emulator's time. */
  drive(offset: number, high: boolean): void {
    const line = this.#line(offset);
    if (line.output || line.high === high) return;
    this.#level(offset, high);
    for (const { request } of this.#files.values()) {
      const index = request?.lines.indexOf(offset) ?? -1;
      if (request && index >= 0) this.#edge(request, { offset, active: high !== line.activeLow });
    }
    this.#ring();
  }

  /** Takes the chip away, as unbinding its driver does. */
  unplug(): void {
    this.unplugged = true;
    this.#ring();
  }

  #ring(): void {
    for (const check of [...this.#wakers]) check();
  }

  #ready(fd: number): Ready[] {
    const request = this.#files.get(fd)?.request;
    if (this.unplugged || !request) return [{ fd, readable: false, gone: true }];
    return request.events.length > 0 ? [{ fd, readable: true, gone: false }] : [];
  }

  #edge(request: Request, { offset, active }: { offset: number; active: boolean }): void {
    if ((request.edges & (active ? 1 : 2)) === 0) return;
    const event = new DataView(new ArrayBuffer(48));
    const lineSequence = (request.lineSequence.get(offset) ?? 0) + 1;
    request.lineSequence.set(offset, lineSequence);
    event.setBigUint64(0, this.#now(), true);
    event.setUint32(8, active ? 1 : 2, true);
    event.setUint32(12, offset, true);
    event.setUint32(16, ++request.sequence, true);
    event.setUint32(20, lineSequence, true);
    // The kernel's buffer drops its oldest event when it is full.
    if (request.events.push(new Uint8Array(event.buffer)) > request.capacity) request.events.shift();
  }

  #lineInfo(data: DataView): void {
    const line = this.#line(data.getUint32(64, true));
    putText(data, 0, line.name);
    putText(data, 32, line.consumer);
    let flags = line.used ? 1n : 0n;
    if (line.activeLow) flags |= 2n;
    flags |= line.output ? 8n : 4n;
    data.setBigUint64(72, flags, true);
  }

  #requestLines(data: DataView): void {
    const count = data.getUint32(560, true);
    if (count === 0 || count > 64) throw errno("EINVAL", "ioctl");
    for (const reserved of [568, 572, 576, 580, 584, 300, 304, 308, 312, 316]) {
      if (data.getUint32(reserved, true) !== 0) throw errno("EINVAL", "ioctl");
    }
    const offsets = Array.from({ length: count }, (_, index) => data.getUint32(index * 4, true));
    const flags = data.getBigUint64(288, true);
    checkFlags(flags);
    const attributes = readAttributes(data);
    for (const offset of offsets) if (this.#line(offset).used) throw errno("EBUSY", "ioctl");
    for (const [index, offset] of offsets.entries()) {
      const line = this.#line(offset);
      line.used = true;
      line.consumer = getText(data, 256);
      line.activeLow = (flags & 2n) !== 0n;
      if (flags & 0x100n) line.bias = "up";
      if (flags & 0x200n) line.bias = "down";
      if (flags & 0x400n) line.bias = "none";
      line.drive = flags & 0x40n ? "open-drain" : flags & 0x80n ? "open-source" : "push-pull";
      if (flags & 8n) {
        line.output = true;
        const active = ((attributes.values >> BigInt(index)) & 1n) === 1n;
        this.#level(offset, active !== line.activeLow);
      } else if (flags & 4n) line.output = false;
    }
    const request: Request = {
      lines: offsets,
      edges: Number((flags >> 4n) & 3n),
      debounceUs: attributes.debounceUs,
      events: [],
      capacity: data.getUint32(564, true) || count * 16,
      sequence: 0,
      lineSequence: new Map(),
    };
    data.setInt32(588, this.#newFile({ request }), true);
  }

  /** The debounce period that the request of a line asked for, in microseconds. */
  debounceUs(offset: number): number | undefined {
    return [...this.#files.values()].find(({ request }) => request?.lines.includes(offset))?.request?.debounceUs;
  }

  #lineIoctl(number: number, request: Request, data: DataView): void {
    if (number !== 0x0e && number !== 0x0f) throw errno("EINVAL", "ioctl");
    const mask = data.getBigUint64(8, true);
    if (mask === 0n || mask >> BigInt(request.lines.length) !== 0n) throw errno("EINVAL", "ioctl");
    let bits = number === 0x0f ? data.getBigUint64(0, true) : 0n;
    for (const [index, offset] of request.lines.entries()) {
      const bit = 1n << BigInt(index);
      if ((mask & bit) === 0n) continue;
      const line = this.#line(offset);
      if (number === 0x0e) bits |= line.high !== line.activeLow ? bit : 0n;
      else if (!line.output) throw errno("EPERM", "ioctl");
      else this.#level(offset, ((bits & bit) !== 0n) !== line.activeLow);
    }
    if (number === 0x0e) data.setBigUint64(0, bits, true);
  }

  #level(offset: number, high: boolean): void {
    const line = this.#line(offset);
    if (line.high !== high) line.history.push(high);
    line.high = high;
  }

  #line(offset: number): EmulatedLine {
    const line = this.lines[offset];
    if (!line) throw errno("EINVAL", "ioctl");
    return line;
  }

  #newFile(file: { chip?: string; request?: Request }): number {
    const fd = this.#nextFd++;
    this.#files.set(fd, file);
    return fd;
  }
}

/** What gpio_v2_line_flags_validate of the kernel refuses. */
function checkFlags(flags: bigint): void {
  const input = (flags & 4n) !== 0n;
  const output = (flags & 8n) !== 0n;
  const biases = [0x100n, 0x200n, 0x400n].filter((bias) => flags & bias).length;
  const wrong =
    flags >> 13n !== 0n ||
    (flags & 1n) !== 0n ||
    (input && output) ||
    ((flags & 0x30n) !== 0n && !input) ||
    ((flags & 0xc0n) !== 0n && !output) ||
    (flags & 0xc0n) === 0xc0n ||
    (biases > 0 && !input && !output) ||
    biases > 1;
  if (wrong) throw errno("EINVAL", "ioctl");
}

function readAttributes(data: DataView): { values: bigint; debounceUs: number } {
  const count = data.getUint32(296, true);
  if (count > 10) throw errno("EINVAL", "ioctl");
  const found = { values: 0n, debounceUs: 0 };
  for (let index = 0; index < count; index++) {
    const at = 320 + index * 24;
    if (data.getUint32(at + 4, true) !== 0) throw errno("EINVAL", "ioctl");
    const mask = data.getBigUint64(at + 16, true);
    if (mask === 0n) throw errno("EINVAL", "ioctl");
    const id = data.getUint32(at, true);
    if (id === 2) found.values = data.getBigUint64(at + 8, true) & mask;
    else if (id === 3) found.debounceUs = data.getUint32(at + 8, true);
    else if (id !== 1) throw errno("EINVAL", "ioctl");
  }
  return found;
}

const errno = (code: string, syscall: string) =>
  Object.assign(new Error(`${code}: ${syscall} failed`), { code, syscall });

function putText(data: DataView, offset: number, text: string): void {
  for (let index = 0; index < 32; index++) data.setUint8(offset + index, text.charCodeAt(index) || 0);
}

function getText(data: DataView, offset: number): string {
  let text = "";
  for (let index = 0; index < 31; index++) {
    const byte = data.getUint8(offset + index);
    if (byte === 0) break;
    text += String.fromCharCode(byte);
  }
  return text;
}
