import type { Syscalls } from "./syscalls.ts";
import { chipInfo, lineFlags, lineInfo, lineRequest, lineValues, requests } from "./uapi.ts";

/** What the kernel says about one line. */
export interface LineInfo {
  /** Name from the device tree, e.g. `"GPIO26"` or `"SDA1"`; empty when it has none. */
  readonly name: string;
  readonly used: boolean;
  /** Who holds it, as it introduced itself; empty when unused, or when it did not say. */
  readonly consumer: string;
  readonly direction: "in" | "out";
}

/** An opened GPIO character device. Every method throws the system call's error, with `code`. */
export class Chip implements Disposable {
  readonly path: string;
  readonly label: string;
  readonly lines: number;
  readonly #syscalls: Syscalls;
  readonly #fd: number;

  constructor(syscalls: Syscalls, path: string) {
    this.path = path;
    this.#syscalls = syscalls;
    this.#fd = syscalls.open(path);
    const info = new Uint8Array(chipInfo.size);
    try {
      syscalls.ioctl(this.#fd, requests.GPIO_GET_CHIPINFO_IOCTL, info);
    } catch (error) {
      syscalls.close(this.#fd);
      throw error;
    }
    this.label = chipInfo.fields.label.get(info);
    this.lines = chipInfo.fields.lines.get(info);
  }

  lineInfo(offset: number): LineInfo {
    const info = new Uint8Array(lineInfo.size);
    const { fields } = lineInfo;
    fields.offset.set(info, offset);
    this.#syscalls.ioctl(this.#fd, requests.GPIO_V2_GET_LINEINFO_IOCTL, info);
    const flags = fields.flags.get(info);
    return {
      name: fields.name.get(info),
      consumer: fields.consumer.get(info),
      used: (flags & lineFlags.GPIO_V2_LINE_FLAG_USED) !== 0n,
      direction: flags & lineFlags.GPIO_V2_LINE_FLAG_OUTPUT ? "out" : "in",
    };
  }

  /** Sends a `gpio_v2_line_request`; the line is ours until the returned file descriptor is closed. */
  request(request: Uint8Array): number {
    this.#syscalls.ioctl(this.#fd, requests.GPIO_V2_GET_LINE_IOCTL, request);
    return lineRequest.fields.fd.get(request);
  }

  /** Whether the one line of the request behind `fd` is active. */
  isActive(fd: number): boolean {
    const values = oneLine();
    this.#syscalls.ioctl(fd, requests.GPIO_V2_LINE_GET_VALUES_IOCTL, values);
    return (lineValues.fields.bits.get(values) & 1n) !== 0n;
  }

  /** Drives the one line of the request behind `fd`. */
  setActive(fd: number, active: boolean): void {
    const values = oneLine();
    lineValues.fields.bits.set(values, active ? 1n : 0n);
    this.#syscalls.ioctl(fd, requests.GPIO_V2_LINE_SET_VALUES_IOCTL, values);
  }

  [Symbol.dispose](): void {
    this.#syscalls.close(this.#fd);
  }
}

function oneLine(): Uint8Array {
  const values = new Uint8Array(lineValues.size);
  lineValues.fields.mask.set(values, 1n);
  return values;
}
