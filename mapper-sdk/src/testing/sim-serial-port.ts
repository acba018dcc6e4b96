import type { Clock } from "../clock.ts";
import type { SerialOptions, SerialPort, SerialPortInfo } from "../hal/serial.ts";
import { HalError } from "../hal.ts";
import type { Faults } from "./faults.ts";
import { hexBytes } from "./hex-bytes.ts";
import type { Disturbance } from "./serial-faults.ts";
import { type SerialEmulator, SimSerialLine } from "./sim-serial-line.ts";

/** One serial port of a simulated board, seen from outside. */
export class SimSerialPort {
  readonly path: string;
  /** What `serial.list` says about it besides the path. */
  readonly info: Omit<SerialPortInfo, "path">;
  /** Who holds the port, as it introduced itself. */
  holder: string | undefined;
  /** How it was opened last. */
  settings: SerialOptions | undefined;
  /** Milliseconds by which everything that the far end sends is late. */
  latencyMs = 0;
  /** What happens to bytes on their way; undefined for a sound line. */
  disturbance: Disturbance | undefined;
  readonly #faults: Faults;
  readonly #clock: Clock;
  #present = true;
  #emulator: SerialEmulator | undefined;
  #open: SimSerialLine | undefined;

  constructor(path: string, { faults, clock, info = {} }: SimSerialParts) {
    this.path = path;
    this.info = info;
    this.#faults = faults;
    this.#clock = clock;
  }

  get present(): boolean {
    return this.#present;
  }

  /** Readers that have begun and not left. */
  get listeners(): number {
    return this.#open?.feed.readers ?? 0;
  }

  /** Puts a device at the far end, instead of what was there; the returned function takes it away. */
  attach(emulator: SerialEmulator): () => void {
    this.#emulator = emulator;
    return () => {
      if (this.#emulator === emulator) this.#emulator = undefined;
    };
  }

  /** Pulls the adapter: who has the port open loses it, and nobody can open it. */
  unplug(): void {
    this.#present = false;
    this.#open?.lose(new HalError("disconnected", `${this.path} was unplugged`));
  }

  /** Plugs the adapter back in. */
  plug(): void {
    this.#present = true;
  }

  /** Sends bytes from the far end without being asked. */
  send(bytes: Uint8Array): void {
    this.#open?.send(bytes);
  }

  /** For the board: claims the port. */
  async open(options: SerialOptions): Promise<SerialPort> {
    await this.#faults.step(`${this.path} open ${options.baudRate}`);
    if (!this.#present) throw new HalError("disconnected", `there is no ${this.path}`);
    if (this.holder !== undefined) throw new HalError("busy", `${this.path} is already held by ${this.holder}`);
    const port = new SimSerialLine(options, {
      clock: this.#clock,
      deliver: (bytes, wire) => {
        const heard = this.#onTheWay(bytes, "device");
        if (heard.length > 0) this.#emulator?.receive(heard, wire);
      },
      disturb: (bytes) => this.#onTheWay(bytes, "port"),
      latencyMs: () => this.latencyMs,
    });
    this.#open = port;
    this.holder = options.consumer ?? "a driver";
    this.settings = options;
    return {
      path: this.path,
      write: (bytes, wait) =>
        this.#step(port, {
          operation: `write ${hexBytes(bytes)}`,
          signal: wait?.signal,
          action: () => port.write(bytes),
        }),
      drain: (wait) =>
        this.#step(port, { operation: "drain", signal: wait?.signal, action: () => port.drain(wait?.signal) }),
      bytes: (wait) => port.feed.values(wait),
      [Symbol.asyncDispose]: async () => {
        if (this.#open !== port) return void this.#faults.misuse.push(`${this.path} was released twice`);
        this.#faults.note(`${this.path} close`);
        port.lose(new HalError("disconnected", `${this.path} has been released`));
        this.#open = undefined;
        this.holder = undefined;
      },
    };
  }

  async #step(port: SimSerialLine, { operation, signal, action }: Step): Promise<void> {
    signal?.throwIfAborted();
    await this.#faults.step(`${this.path} ${operation}`);
    signal?.throwIfAborted();
    if (port.lost) throw port.lost;
    await action();
  }

  #onTheWay(bytes: Uint8Array, towards: "device" | "port"): Uint8Array {
    const { settings: expected } = this.#emulator ?? {};
    // A receiver at another speed or format samples at the wrong places: what it gets is not what was sent.
    const clear = !expected || !this.settings || sameFormat(expected, this.settings);
    const heard = clear ? bytes.slice() : bytes.map((byte) => byte ^ 0xa5);
    return this.disturbance ? this.disturbance(heard, towards) : heard;
  }
}

interface Step {
  readonly operation: string;
  readonly signal: AbortSignal | undefined;
  readonly action: () => void | Promise<void>;
}

/** What a {@link SimSerialPort} is made of. */
export interface SimSerialParts {
  readonly faults: Faults;
  readonly clock: Clock;
  readonly info?: Omit<SerialPortInfo, "path">;
}

const sameFormat = (a: SerialOptions, b: SerialOptions): boolean =>
  a.baudRate === b.baudRate &&
  (a.dataBits ?? 8) === (b.dataBits ?? 8) &&
  (a.parity ?? "none") === (b.parity ?? "none") &&
  (a.stopBits ?? 1) === (b.stopBits ?? 1);
