import type { Clock, Timer } from "@edgetwin/mapper-sdk";
import type { MqttClient } from "mqtt";
import type { FakeGpio } from "./fake-gpio.ts";

/** What a stock mapper is started with. */
export interface StockMapperOptions {
  /** `mqtt://127.0.0.1:port`. */
  readonly url: string;
  readonly profilePath: string;
  readonly gpio: FakeGpio;
  readonly clock: Clock;
  /** Name on its command line or in its configuration. */
  readonly device: string;
}

/** How a process ended. */
export interface Exit {
  /** 1: it gave up; 2: it panicked. */
  readonly code: 1 | 2;
  readonly reason: string;
}

/** The life of a stock mapper's process: one MQTT connection, one repeating cycle, one end. */
export class StockProcess implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #timers = new Set<Timer>();
  #mqtt: MqttClient | undefined;
  #exit: Exit | undefined;
  #resolveExit: (exit: Exit) => void = () => undefined;
  /** Settles when the process dies; never, while it lives. */
  readonly exited: Promise<Exit>;
  /** Lines that it printed. */
  readonly output: string[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.exited = new Promise((resolve) => {
      this.#resolveExit = resolve;
    });
  }

  /** How it died; undefined while it lives. */
  get exit(): Exit | undefined {
    return this.#exit;
  }

  own(mqtt: MqttClient): void {
    this.#mqtt = mqtt;
  }

  die(code: Exit["code"], reason: string): void {
    if (this.#exit) return;
    this.#exit = { code, reason };
    for (const timer of this.#timers) timer[Symbol.dispose]();
    this.#mqtt?.end(true);
    this.#resolveExit(this.#exit);
  }

  /** Runs `action` unless the process died before; a throw in it is a Go panic. */
  run(action: () => void): void {
    if (this.#exit) return;
    try {
      action();
    } catch (error) {
      this.die(2, error instanceof Error ? error.message : String(error));
    }
  }

  after(ms: number, action: () => void): void {
    const timer = this.#clock.after(ms, () => {
      this.#timers.delete(timer);
      this.run(action);
    });
    this.#timers.add(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) timer[Symbol.dispose]();
    await this.#mqtt?.endAsync(true);
  }
}
