import type { Clock } from "./clock.ts";
import type { I2c } from "./hal/i2c.ts";
import type { Serial } from "./hal/serial.ts";
import type { Log } from "./log.ts";
import type { SimBoard } from "./testing/sim-board.ts";

/**
 * What a mapper may ask of a board. Each interface is the smallest thing one kind of driver needs. Every one has a
 * real implementation in `boards/` and a simulated one in `@edgetwin/mapper-sdk/testing`.
 */
export interface Board extends AsyncDisposable {
  /** What the board is, for people: `"Raspberry Pi 4 Model B Rev 1.4"`, `"simulated board"`. */
  readonly name: string;
  readonly gpio: Gpio;
  readonly pwm: Pwm;
  readonly i2c: I2c;
  readonly serial: Serial;
}

/** Digital lines. Pins are named as people write them: `"GPIO26"`, `26`, `"pin 37"`, `"wiringPi 25"`, a line label. */
export interface Gpio {
  /**
   * The canonical name of a pin, e.g. `"GPIO26"`. Pure: touches no hardware.
   * @throws HalError `"unknown"` when the board has no such pin, with a suggestion.
   */
  lineName(pin: string | number): string;
  /** Claims a line as an output. Rejects with HalError `"busy"` naming the holder, or `"permission"` naming the fix. */
  output(pin: string | number, options?: OutputOptions): Promise<OutputLine>;
  /** Claims a line as an input. Rejects like `output`. */
  input(pin: string | number, options?: InputOptions): Promise<InputLine>;
  /** Every line that can be reached from outside and who holds it, claiming none; missing where a board cannot tell. */
  lines?(): Promise<readonly GpioLine[]>;
}

/** A line as one finds it. */
export interface GpioLine {
  /** Canonical, e.g. `"GPIO26"`. */
  readonly name: string;
  /** Position on the header of the board; missing where there is none. */
  readonly pin?: number;
  /** Other names, usually of what it is used for: `"SDA1"`. */
  readonly labels: readonly string[];
  /** Who holds it, as far as anybody knows; missing when it is free. */
  readonly holder?: string;
}

/** The resistor that holds an open input. */
export type Pull = "up" | "down" | "none";
/** Which changes of an input count, as logical levels: rising is towards active. */
export type Edge = "rising" | "falling" | "both";

/** Who asks and how the line is wired. */
export interface LineOptions {
  /** Shown to whoever asks for the line next, e.g. `"default/traffic-light-instance-01 red"`. At most 31 bytes count. */
  readonly consumer?: string;
  /** Active means low on the wire. */
  readonly activeLow?: boolean;
}

/** How an output is claimed. */
export interface OutputOptions extends LineOptions {
  /** Level from the first instant on; the line never shows the other one. Default inactive. */
  readonly initial?: boolean;
  readonly drive?: "push-pull" | "open-drain" | "open-source";
}

/** How an input is claimed. */
export interface InputOptions extends LineOptions {
  readonly pull?: Pull;
  /** Which changes `edges()` yields. Default both. */
  readonly edge?: Edge;
  /** Changes shorter than this are ignored. */
  readonly debounceMs?: number;
}

/** A line that is driven. */
export interface OutputLine extends AsyncDisposable {
  /** Drives the line active or inactive; `activeLow` is already accounted for. */
  set(active: boolean): Promise<void>;
  /**
   * What the line shows now, read from the hardware where the hardware can tell. At once where that takes no waiting:
   * `await` it, and expect a HalError as a throw or as a rejection. A thousand lines are read a second.
   */
  get(): boolean | Promise<boolean>;
}

/** A line that is read and watched. */
export interface InputLine extends AsyncDisposable {
  /** Whether the line is active now; answers as `OutputLine.get` does. */
  get(): boolean | Promise<boolean>;
  /** Every change from the first `next()` on until `signal` aborts. Rejects with HalError when the line is lost. */
  edges(options?: { readonly signal?: AbortSignal }): AsyncIterable<EdgeEvent>;
}

/** One change of an input. */
export interface EdgeEvent {
  readonly active: boolean;
  /** When the kernel saw it, in milliseconds on the monotonic clock. */
  readonly monotonicMs: number;
}

/** Pulse-width modulated outputs. */
export interface Pwm {
  /** Claims a pin for PWM. Rejects like `Gpio.output`, and with `"unsupported"` when the pin cannot do it. */
  output(pin: string | number, options: PwmOptions): Promise<PwmOutput>;
}

/** How a PWM output is claimed. */
export interface PwmOptions extends LineOptions {
  readonly frequencyHz: number;
  /** Share of the period the output is active, 0 to 1, from the first instant on. Default 0. */
  readonly initialDuty?: number;
}

/** A line with a pulse-width signal. */
export interface PwmOutput extends AsyncDisposable {
  /** Sets the share of the period the output is active, 0 to 1. */
  setDuty(duty: number): Promise<void>;
  duty(): Promise<number>;
}

/** What kind of thing went wrong, for drivers that react without knowing the board. */
export type HalErrorKind =
  /** Held by someone else; the message says whom. */
  | "busy"
  /** Gone or not answering: unplugged, chip removed. */
  | "disconnected"
  /** It answers, but not in time: a clock stretched for too long, a conversion that does not end. */
  | "timeout"
  /** No acknowledge on an I2C bus; `phase` says of what. */
  | "nack"
  /** Another master won the I2C bus; trying again is the remedy. */
  | "arbitration"
  /** Somebody holds SDA or SCL low; nobody can use the I2C bus until that ends. */
  | "bus-stuck"
  /** Bytes were lost because nobody took them in time. */
  | "overrun"
  /** The process may not open it; the message says which group or overlay is missing. */
  | "permission"
  /** The board has no such pin, line or bus, and cannot have one of that name. */
  | "unknown"
  /** It exists but cannot do this, or not on the backend in use. */
  | "unsupported"
  | "other";

/** What a board rejects with. */
export class HalError extends Error {
  override readonly name = "HalError";
  readonly kind: HalErrorKind;
  /** For a `"nack"`: whether nobody has the address, or the chip refused a byte; undefined when the bus cannot tell. */
  readonly phase: NackPhase | undefined;

  constructor(kind: HalErrorKind, message: string, options: ErrorOptions & { readonly phase?: NackPhase } = {}) {
    super(message, options);
    this.kind = kind;
    this.phase = options.phase;
  }
}

/** What was not acknowledged on an I2C bus. */
export type NackPhase = "address" | "data";

/** One thing `edgetwin doctor` checked. `fix` says what to do about it and is there whenever `state` is not `ok`. */
export interface Finding {
  /** What was looked at: `"board"`, `"gpio"`, `"GPIO26"`, `"pwm"`, `"i2c-1"`, `"serial /dev/ttyUSB0"`. */
  readonly check: string;
  readonly state: "ok" | "warn" | "fail";
  readonly message: string;
  readonly fix?: string;
}

/** How to open a board; `backend` is one of the names its package knows, or `"auto"`. */
export interface OpenBoardOptions {
  readonly backend?: string;
  readonly clock: Clock;
  readonly log?: Log;
}

/** What a package exports as `board`, so that the agent can find it by name. */
export interface BoardPackage {
  readonly kind: "board";
  /** Name in the configuration, e.g. `"rpi4"`. */
  readonly name: string;
  /** Whether this machine is such a board. Never rejects because it is not. */
  detect(): Promise<{ readonly present: boolean; readonly model?: string; readonly reason?: string }>;
  /** Rejects with HalError `"permission"` or `"unsupported"` saying what is in the way of every backend. */
  open(options: OpenBoardOptions): Promise<Board & { explain(): Promise<readonly Finding[]> }>;
  /** What `open` would do and why, without keeping anything open; says so too when nothing works. */
  explain(options: OpenBoardOptions): Promise<readonly Finding[]>;
  /** The same board made of memory. */
  simulated(options?: { readonly name?: string; readonly clock?: Clock }): SimBoard;
}
