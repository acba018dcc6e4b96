import type { Clock, InputLine, InputOptions, Log, OutputLine, OutputOptions } from "@edgetwin/mapper-sdk";

/** The ways to the lines of the header that this board knows. */
export type BackendName = "gpiochip" | "sysfs" | "pigpio";

/** How to open the board. */
export interface BoardOptions {
  /** Which way to the lines; `gpiochip`, `sysfs`, `pigpio`, or `auto` for the first of them that works. Default `auto`. */
  readonly backend?: string;
  readonly clock: Clock;
  readonly log?: Log;
  /** Folder that stands for `/`: tests bring their own `dev`, `proc` and `sys`. Default `/`. */
  readonly root?: string;
}

/** One way to the digital lines of the header. Lines are BCM numbers; who holds them within the agent is settled before. */
export interface Backend extends AsyncDisposable {
  readonly name: BackendName;
  /** Which device it goes through, for people: `/dev/gpiochip0 (pinctrl-bcm2711, 58 lines)`. */
  readonly summary: string;
  /** Rejects like `Gpio.output`. */
  output(line: number, options: OutputOptions): Promise<OutputLine>;
  /** Rejects like `Gpio.input`. */
  input(line: number, options: InputOptions): Promise<InputLine>;
  /** Who outside this agent holds `line`, as far as the backend can tell. */
  holder(line: number): Promise<string | undefined>;
}

/** What is in the way of a backend, and how to remove it. */
export interface Obstacle {
  readonly kind: "permission" | "unsupported";
  readonly message: string;
  readonly fix: string;
}

/** A backend that can be used, or why not. */
export type BackendProbe = { readonly backend: Backend } | { readonly obstacle: Obstacle };
