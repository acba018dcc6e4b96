import { type Clock, systemClock } from "../clock.ts";
import { type I2c, i2cBusName } from "../hal/i2c.ts";
import type { Serial, SerialPortInfo } from "../hal/serial.ts";
import { type Board, type Gpio, type GpioLine, HalError, type Pwm, type PwmOptions, type PwmOutput } from "../hal.ts";
import { Faults } from "./faults.ts";
import { SimI2cBus } from "./sim-i2c-bus.ts";
import { SimLine } from "./sim-line.ts";
import { SimSerialPort } from "./sim-serial-port.ts";

/** Turns a pin as people write it into its canonical name, or throws HalError `"unknown"`. */
export type PinResolver = (pin: string | number) => string;

/** GPIO0 to GPIO27, by name or number. Boards with a header bring their own resolver. */
export const gpioNumbers: PinResolver = (pin) => {
  const match = /^(?:GPIO)?(\d+)$/i.exec(String(pin).trim());
  const number = match ? Number(match[1]) : Number.NaN;
  if (number <= 27) return `GPIO${number}`;
  throw new HalError("unknown", `the board has no pin ${JSON.stringify(pin)}; use GPIO0 to GPIO27`);
};

const allNumbers: readonly GpioLine[] = Array.from({ length: 28 }, (_, number) => ({
  name: `GPIO${number}`,
  labels: [],
}));

/** How a simulated board differs from GPIO0 to GPIO27 in real time. */
export interface SimBoardOptions {
  readonly name?: string;
  readonly pins?: PinResolver;
  /** What leads to the outside; default GPIO0 to GPIO27. */
  readonly header?: readonly GpioLine[];
  /** Times edges, debouncing and serial bytes. */
  readonly clock?: Clock;
}

/**
 * A board made of memory. Tests and `npm start` look at it from outside through `line(pin)`, `i2cBus(1)`,
 * `serialPort(path)` and `faults`; mappers see the same interfaces a real board offers. Lines keep their state when the
 * agent lets go of them, as wires do.
 */
export class SimBoard implements Board {
  readonly name: string;
  readonly faults = new Faults();
  readonly #resolve: PinResolver;
  readonly #header: readonly GpioLine[];
  readonly #clock: Clock;
  readonly #lines = new Map<string, SimLine>();
  readonly #handles = new Set<{ readonly name: string }>();
  readonly #buses = new Map<string, SimI2cBus>();
  readonly #ports = new Map<string, SimSerialPort>();

  constructor({
    name = "simulated board",
    pins = gpioNumbers,
    header = allNumbers,
    clock = systemClock,
  }: SimBoardOptions = {}) {
    this.#header = header;
    this.name = name;
    this.#resolve = pins;
    this.#clock = clock;
  }

  /** Handles that drivers hold right now; zero after a clean close. */
  get open(): number {
    return this.held().length;
  }

  /** What drivers hold right now, one name per handle: `GPIO17`, `i2c-1`, `/dev/ttyUSB0`. */
  held(): readonly string[] {
    return [
      ...[...this.#lines.values()].filter(({ holder }) => holder !== undefined).map(({ name }) => name),
      ...[...this.#buses.values()].flatMap(({ name, users }) => users.map(() => name)),
      ...[...this.#ports.values()].filter(({ holder }) => holder !== undefined).map(({ path }) => path),
      ...[...this.#handles].map(({ name }) => name),
    ];
  }

  /** Counts a handle on something beside the board, such as a simulated connection, until it is disposed. */
  hold(name: string): Disposable {
    const handle = { name };
    this.#handles.add(handle);
    return {
      [Symbol.dispose]: () => {
        if (!this.#handles.delete(handle)) this.faults.misuse.push(`${name} was released twice`);
      },
    };
  }

  /** Callbacks on lines and readers of ports; what a driver forgets to take back stays here. */
  get listeners(): number {
    return [...this.#lines.values(), ...this.#ports.values()].reduce((sum, { listeners }) => sum + listeners, 0);
  }

  /** The far end of a pin: what a lamp shows, what a button drives. */
  line(pin: string | number): SimLine {
    const name = this.#resolve(pin);
    const line = this.#lines.get(name) ?? new SimLine(name, this.faults, this.#clock);
    this.#lines.set(name, line);
    return line;
  }

  /** An I2C bus, to put chips on. */
  i2cBus(bus: number | string): SimI2cBus {
    const name = i2cBusName(bus);
    const found = this.#buses.get(name) ?? new SimI2cBus(name, this.faults);
    this.#buses.set(name, found);
    return found;
  }

  /** A serial port, to put a device at its far end. `info` is what `serial.list` tells about a new one. */
  serialPort(path: string, info: Omit<SerialPortInfo, "path"> = {}): SimSerialPort {
    const known = [...this.#ports.values()].find(({ info }) => info.stablePath === path) ?? this.#ports.get(path);
    const found = known ?? new SimSerialPort(path, { faults: this.faults, clock: this.#clock, info });
    this.#ports.set(found.path, found);
    return found;
  }

  /** Every line that was ever used, for the pin view of a console. */
  lines(): readonly SimLine[] {
    return [...this.#lines.values()];
  }

  readonly gpio: Gpio = {
    lineName: (pin) => this.#resolve(pin),
    output: async (pin, options = {}) => this.line(pin).openOutput(options),
    input: async (pin, options = {}) => this.line(pin).openInput(options),
    lines: async () => {
      await this.faults.step("gpio lines");
      return this.#header.map((line) => {
        const holder = this.#lines.get(line.name)?.holder;
        return { ...line, ...(holder !== undefined && { holder }) };
      });
    },
  };

  readonly pwm: Pwm = {
    output: async (pin: string | number, options: PwmOptions): Promise<PwmOutput> => this.line(pin).openPwm(options),
  };

  readonly i2c: I2c = {
    open: async (bus, options) => this.i2cBus(bus).open(options),
    list: async () => [...this.#buses.values()].filter(({ present }) => present).map(({ name }) => name),
  };

  readonly serial: Serial = {
    open: async (path, options) => this.serialPort(path).open(options),
    list: async () =>
      [...this.#ports.values()].filter(({ present }) => present).map(({ path, info }) => ({ path, ...info })),
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.faults.resume();
  }
}
