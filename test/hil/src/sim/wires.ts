import { simulatedBoard } from "@edgetwin/board-rpi4";
import type { Clock } from "@edgetwin/mapper-sdk";
import type { SimBoard } from "@edgetwin/mapper-sdk/simulation";
import type { Levels } from "../bench.ts";

interface Watch {
  readonly pins: readonly string[];
  readonly onChange: (levels: Levels) => void;
  stop: () => void;
}

/** What is soldered to the board: it stays when the board loses its power and comes back. */
export class Wires {
  readonly #clock: Clock;
  readonly #driven = new Map<string, boolean>();
  readonly #unplugged = new Set<string>();
  readonly #watches = new Set<Watch>();
  #board: SimBoard;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#board = simulatedBoard({ clock });
  }

  get board(): SimBoard {
    return this.#board;
  }

  /** Another board on the same wires, with every output dead; nothing that still runs on the old one reaches them. */
  cutPower(): SimBoard {
    for (const watch of this.#watches) watch.stop();
    this.#board.faults.breakAll(/./);
    this.#board = simulatedBoard({ clock: this.#clock });
    for (const [pin, high] of this.#driven) this.#board.line(pin).drive(high);
    this.#breakUnplugged();
    for (const watch of this.#watches) this.#attach(watch);
    return this.#board;
  }

  drive(pin: string, high: boolean): void {
    this.#driven.set(pin, high);
    this.#board.line(pin).drive(high);
  }

  watch(pins: readonly string[], onChange: (levels: Levels) => void): () => void {
    const watch: Watch = { pins, onChange, stop: () => {} };
    this.#watches.add(watch);
    this.#attach(watch);
    return () => {
      watch.stop();
      this.#watches.delete(watch);
    };
  }

  unplug(pin: string): void {
    this.#unplugged.add(this.#board.line(pin).name);
    this.#breakUnplugged();
  }

  plug(pin: string): void {
    this.#unplugged.delete(this.#board.line(pin).name);
    this.#breakUnplugged();
  }

  #breakUnplugged(): void {
    const { faults } = this.#board;
    if (this.#unplugged.size === 0) faults.mend();
    else faults.breakAll(new RegExp(`^(?:${[...this.#unplugged].join("|")}) `));
  }

  #attach(watch: Watch): void {
    const lines = watch.pins.map((pin) => [pin, this.#board.line(pin)] as const);
    const tell = () => watch.onChange(Object.fromEntries(lines.map(([pin, line]) => [pin, line.high])));
    const stops = lines.map(([, line]) => line.onChange(tell));
    watch.stop = () => {
      for (const stop of stops) stop();
    };
    tell();
  }
}
