import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseConfig, type RunningAgent, startAgent } from "@edgetwin/agent";
import { type Clock, type Log, silentLog, systemClock } from "@edgetwin/mapper-sdk";
import type { Bench, Levels } from "../bench.ts";
import type { Door } from "../door.ts";
import { RestDoor } from "../rest-door.ts";
import { boardsByClock } from "./board.ts";
import { takeCrashImage } from "./crash-image.ts";
import { Wires } from "./wires.ts";

const boardPackage = fileURLToPath(new URL("./board.js", import.meta.url));

/** The real agent in this process, on a simulated Raspberry Pi and with its state in a temporary directory. */
export class SimBench implements Bench {
  readonly name = "sim";
  readonly #clock: Clock = { ...systemClock };
  readonly #wires = new Wires(this.#clock);
  readonly #directory = mkdtempSync(join(tmpdir(), "edgetwin-hil-"));
  readonly #log: Log;
  #cuts = 0;
  #agent: RunningAgent | undefined;

  constructor(log: Log = silentLog) {
    this.#log = log;
  }

  async start(): Promise<Door> {
    boardsByClock.set(this.#clock, this.#wires.board);
    const stateDirectory = this.#stateDirectory;
    const socket = join(stateDirectory, "edgetwin.sock");
    const raw = {
      node: "hil",
      mappers: ["@edgetwin/mapper-gpio"],
      board: { package: boardPackage, use: "simulated" },
      bus: { broker: "off" },
      api: { port: 0 },
    };
    const directory = fileURLToPath(new URL("../../../", import.meta.url));
    const config = parseConfig(raw, { where: "the sim bench", directory, paths: { stateDirectory, socket } });
    this.#agent = await startAgent(config, { log: this.#log, clock: this.#clock });
    return new RestDoor({ socketPath: socket });
  }

  async stop(): Promise<void> {
    const agent = this.#agent;
    this.#agent = undefined;
    await agent?.[Symbol.asyncDispose]();
  }

  async cutPower(): Promise<void> {
    const before = this.#stateDirectory;
    this.#cuts++;
    takeCrashImage(before, this.#stateDirectory);
    this.#wires.cutPower();
    // What the old agent does from here on, closing included, reaches neither the wires nor the card.
    await this.stop();
  }

  async readPin(pin: string): Promise<boolean> {
    return this.#wires.board.line(pin).high;
  }

  async drivePin(pin: string, high: boolean): Promise<void> {
    this.#wires.drive(pin, high);
  }

  async watchPins(pins: readonly string[], onChange: (levels: Levels) => void): Promise<() => Promise<void>> {
    const stop = this.#wires.watch(pins, onChange);
    return async () => stop();
  }

  async unplug(pin: string): Promise<void> {
    this.#wires.unplug(pin);
  }

  async plug(pin: string): Promise<void> {
    this.#wires.plug(pin);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.stop();
    } finally {
      rmSync(this.#directory, { recursive: true, force: true });
    }
  }

  get #stateDirectory(): string {
    return join(this.#directory, `state-${this.#cuts}`);
  }
}
