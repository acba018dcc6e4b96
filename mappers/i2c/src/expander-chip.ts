import {
  type Board,
  type Clock,
  delay,
  Feed,
  type GpioLine,
  HalError,
  type I2cTarget,
  type InputLine,
  type InputOptions,
  i2cTarget,
  type OutputLine,
  type OutputOptions,
} from "@edgetwin/mapper-sdk";
import { mcp23017Lines, mcp23017Registers } from "./chips/mcp23017.ts";
import { steadyBus } from "./steady-bus.ts";
import { Turns } from "./turns.ts";

/** An MCP23017 whose lines are lines of the board: `MCP0:A3`. */
export interface Expander {
  /** What its lines are called by: `MCP0`. */
  readonly name: string;
  readonly bus?: number | string;
  /** Default 0x20. */
  readonly address?: number;
  /** How often inputs are looked at while somebody watches them. Default 20 ms. */
  readonly pollMs?: number;
}

interface Opened extends AsyncDisposable {
  readonly target: I2cTarget;
}

/** One chip, shared by the holders of its lines. */
export class ExpanderChip {
  readonly name: string;
  readonly #board: Board;
  readonly #expander: Expander;
  readonly #clock: Clock;
  readonly #turns = new Turns();
  readonly #holders = new Map<string, string>();
  readonly #never = new AbortController().signal;
  #opened: Opened | undefined;

  constructor(board: Board, expander: Expander, clock: Clock) {
    this.name = expander.name;
    this.#board = board;
    this.#expander = expander;
    this.#clock = clock;
  }

  /** Its sixteen lines and who of this process holds them. */
  lines(): readonly GpioLine[] {
    return mcp23017Lines.map((line) => {
      const holder = this.#holders.get(line);
      return { name: `${this.name}:${line}`, labels: [], ...(holder !== undefined && { holder }) };
    });
  }

  async output(
    line: string,
    { activeLow = false, initial = false, drive = "push-pull", consumer }: OutputOptions,
  ): Promise<OutputLine> {
    if (drive !== "push-pull")
      throw new HalError("unsupported", `${this.name}:${line} is push-pull only; leave drive out`);
    const release = await this.#claim(line, consumer);
    const { olat, iodir, gpio } = mcp23017Registers;
    try {
      // The level before the direction: the line never shows the other one.
      await this.#change(olat, { line, high: initial !== activeLow });
      await this.#change(iodir, { line, high: false });
    } catch (error) {
      await release();
      throw error;
    }
    return {
      set: (active) => this.#change(olat, { line, high: active !== activeLow }),
      get: async () => (await this.#level(gpio, line)) !== activeLow,
      [Symbol.asyncDispose]: release,
    };
  }

  async input(
    line: string,
    { activeLow = false, pull, edge = "both", debounceMs = 0, consumer }: InputOptions,
  ): Promise<InputLine> {
    if (pull === "down")
      throw new HalError("unsupported", `${this.name}:${line} has no pull-down; use pull: up and a contact to ground`);
    const release = await this.#claim(line, consumer);
    const { iodir, gppu, gpio } = mcp23017Registers;
    const get = async () => (await this.#level(gpio, line)) !== activeLow;
    try {
      await this.#change(iodir, { line, high: true });
      if (pull !== undefined) await this.#change(gppu, { line, high: pull === "up" });
    } catch (error) {
      await release();
      throw error;
    }
    const pollMs = Math.max(this.#expander.pollMs ?? 20, debounceMs);
    let watching: AbortController | undefined;
    const feed = new Feed<{ active: boolean; monotonicMs: number }>({
      start: () => {
        const run = new AbortController();
        watching = run;
        void this.#watch(get, {
          pollMs,
          signal: run.signal,
          onChange: (active) => {
            if (edge === "both" || (edge === "rising") === active)
              feed.push({ active, monotonicMs: this.#clock.monotonic() });
          },
        }).catch((error: unknown) => run.signal.aborted || feed.fail(error));
      },
      stop: () => watching?.abort(),
    });
    return {
      get,
      edges: (options) => feed.values(options),
      [Symbol.asyncDispose]: async () => {
        feed.fail(new HalError("disconnected", `${this.name}:${line} has been released`));
        await release();
      },
    };
  }

  async #watch(
    get: () => Promise<boolean>,
    { pollMs, signal, onChange }: { pollMs: number; signal: AbortSignal; onChange: (active: boolean) => void },
  ) {
    let last = await get();
    while (!signal.aborted) {
      await delay(this.#clock, pollMs, signal);
      const now = await get();
      if (now !== last) onChange(now);
      last = now;
    }
  }

  async #claim(line: string, consumer = "a driver"): Promise<() => Promise<void>> {
    const holder = this.#holders.get(line);
    if (holder !== undefined)
      throw new HalError("busy", `${this.name}:${line} is already held by ${holder}; give one of the two another line`);
    this.#holders.set(line, consumer);
    let released = false;
    const release = async () => {
      if (released) return;
      released = true;
      this.#holders.delete(line);
      await this.#turns.take(this.#never, async () => {
        if (this.#holders.size > 0) return;
        await this.#opened?.[Symbol.asyncDispose]();
        this.#opened = undefined;
      });
    };
    try {
      await this.#turns.take(this.#never, async () => {
        this.#opened ??= await this.#open();
      });
    } catch (error) {
      await release();
      throw error;
    }
    return release;
  }

  async #open(): Promise<Opened> {
    const { bus = 1, address = 0x20 } = this.#expander;
    const opened = await this.#board.i2c.open(bus, { consumer: this.name });
    const target = i2cTarget(steadyBus(opened, this.#clock), address);
    try {
      await target.write([mcp23017Registers.iocon, 0]);
    } catch (error) {
      await opened[Symbol.asyncDispose]();
      throw error;
    }
    return { target, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
  }

  /** One bit of a pair of registers, read back from the chip each time: it may have lost its power meanwhile. */
  #change(register: number, { line, high }: { readonly line: string; readonly high: boolean }): Promise<void> {
    return this.#turns.take(this.#never, async () => {
      const { at, bit } = place(register, line);
      const [before = 0] = await this.#target().writeRead([at], 1);
      const after = high ? before | bit : before & ~bit;
      if (after !== before) await this.#target().write([at, after]);
    });
  }

  #level(register: number, line: string): Promise<boolean> {
    return this.#turns.take(this.#never, async () => {
      const { at, bit } = place(register, line);
      const [levels = 0] = await this.#target().writeRead([at], 1);
      return (levels & bit) !== 0;
    });
  }

  #target(): I2cTarget {
    if (!this.#opened) throw new HalError("disconnected", `${this.name} has been released`);
    return this.#opened.target;
  }
}

/** Register and bit of a line; port B follows port A. */
function place(register: number, line: string): { readonly at: number; readonly bit: number } {
  const index = mcp23017Lines.indexOf(line);
  return { at: register + (index >> 3), bit: 1 << (index & 7) };
}
