import { type Clock, systemClock } from "../clock.ts";
import { type Board, type Gpio, HalError, type Pwm, type PwmOptions, type PwmOutput } from "../hal.ts";
import { Faults } from "./faults.ts";
import { SimLine } from "./sim-line.ts";

/** Turns a pin as people write it into its canonical name, or throws HalError `"unknown"`. */
export type PinResolver = (pin: string | number) => string;

/** GPIO0 to GPIO27, by name or number. Boards with a header bring their own resolver. */
export const gpioNumbers: PinResolver = (pin) => {
  const match = /^(?:GPIO)?(\d+)$/i.exec(String(pin).trim());
  const number = match ? Number(match[1]) : Number.NaN;
  if (number <= 27) return `GPIO${number}`;
  throw new HalError("unknown", `the board has no pin ${JSON.stringify(pin)}; use GPIO0 to GPIO27`);
};

/** How a simulated board differs from GPIO0 to GPIO27 in real time. */
export interface SimBoardOptions {
  readonly name?: string;
  readonly pins?: PinResolver;
  /** Times edges and debouncing. */
  readonly clock?: Clock;
}

/**
 * A board made of memory. Tests and `npm start` look at it from outside through `line(pin)` and `faults`; mappers
 * see the same interfaces a real board offers. Lines keep their state when the agent lets go of them, as wires do.
 */
export class SimBoard implements Board {
  readonly name: string;
  readonly faults = new Faults();
  readonly #resolve: PinResolver;
  readonly #clock: Clock;
  readonly #lines = new Map<string, SimLine>();
  readonly #handles = new Set<{ readonly name: string }>();

  constructor({ name = "simulated board", pins = gpioNumbers, clock = systemClock }: SimBoardOptions = {}) {
    this.name = name;
    this.#resolve = pins;
    this.#clock = clock;
  }

  /** Handles that drivers hold right now; zero after a clean close. */
  get open(): number {
    return [...this.#lines.values()].filter((line) => line.holder !== undefined).length + this.#handles.size;
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

  /** The far end of a pin: what a lamp shows, what a button drives. */
  line(pin: string | number): SimLine {
    const name = this.#resolve(pin);
    const line = this.#lines.get(name) ?? new SimLine(name, this.faults, this.#clock);
    this.#lines.set(name, line);
    return line;
  }

  /** Every line that was ever used, for the pin view of a console. */
  lines(): readonly SimLine[] {
    return [...this.#lines.values()];
  }

  readonly gpio: Gpio = {
    lineName: (pin) => this.#resolve(pin),
    output: async (pin, options = {}) => this.line(pin).openOutput(options),
    input: async (pin, options = {}) => this.line(pin).openInput(options),
  };

  readonly pwm: Pwm = {
    output: async (pin: string | number, options: PwmOptions): Promise<PwmOutput> => this.line(pin).openPwm(options),
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.faults.resume();
  }
}
