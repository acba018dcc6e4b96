import { EmulatedNode, fanCoil, MemoryNetwork, real, state, unsigned } from "@edgetwin/mapper-bacnet/testing";
import { type SimThermometer, startThermometer } from "@edgetwin/mapper-ble/testing";
import type { Clock } from "@edgetwin/mapper-sdk";
import { repeat, type SimBoard } from "@edgetwin/mapper-sdk/simulation";
import { type ServedRoom, serveRoom } from "@edgetwin/mapper-zigbee/testing";
import { coilWatts, temperatureAfter, valveFor } from "./climate.ts";
import { Heater } from "./heater.ts";

/** How often the emulated devices are brought up to date. */
const stepMs = 500;
/** After a pause of the machine the room goes on from there. */
const longestGapSeconds = 60;
const outside = 6;

/** Instance of the fan coil, where it is, and the addresses of bulb and plug. */
export const wiring = {
  fanCoil: 301,
  address: "10.0.0.31:47808",
  zigbee: ["0x00124b00aaaa0001", "0x00124b00aaaa0002"] as readonly string[],
} as const;

/**
 * One room behind a simulated board. Its air follows the heater on the plug, and the fan coil, whose valve follows the
 * building's own program until somebody else commands it. It lives as long as at least one of its devices is connected.
 */
export class Room {
  readonly network = new MemoryNetwork();
  readonly #clock: Clock;
  readonly #board: SimBoard;
  readonly #coil;
  #thermometer: SimThermometer | undefined;
  #zigbee: ServedRoom | undefined;
  #heater: Heater | undefined;
  #shown = Number.NaN;
  #celsius = 19;
  #steppedAt: number;
  #connected = 0;
  #steps: Disposable | undefined;

  constructor(board: SimBoard, clock: Clock) {
    this.#board = board;
    this.#clock = clock;
    this.#coil = fanCoil(wiring.fanCoil, { clock });
    this.#coil.object("multi-state-value:1").become(unsigned(4));
    this.#coil.object("binary-output:1").become(state(true));
    this.#steppedAt = clock.monotonic();
    this.network.attach(board);
  }

  /** The temperature of the air. */
  get celsius(): number {
    return this.#celsius;
  }

  /** Opens or closes the window. */
  set windowOpen(open: boolean) {
    this.#coil.object("binary-input:1").become(state(open));
  }

  /** Breaks or mends the sensor of the fan coil, which says so in its status flags. */
  set sensorFault(fault: boolean) {
    this.#coil.object("analog-input:1").flag("fault", fault);
  }

  /** The dongle with bulb and plug; undefined while it is not plugged in. */
  get zigbee(): ServedRoom | undefined {
    return this.#zigbee;
  }

  /** Puts the fan coil on the network; it is there until it is disposed. */
  connectFanCoil(): Disposable {
    const node = new EmulatedNode({ device: this.#coil });
    return this.#connect([this.network.plug(wiring.address, node), () => node.dispose()]);
  }

  /** Puts the thermometer in the range of the adapter at `path`. */
  connectThermometer(path: string, address: string): Disposable {
    const thermometer = startThermometer(this.#board, { clock: this.#clock, path, address, name: "Desk" });
    this.#thermometer = thermometer;
    this.#shown = Number.NaN;
    return this.#connect([
      () => {
        this.#thermometer = undefined;
        thermometer[Symbol.dispose]();
      },
    ]);
  }

  /**
   * Plugs in the dongle, at a port of this machine; 0 takes a free one. It is new every time, as one that replaces
   * another: what its host has backed up is written into it, and bulb and plug find their network again.
   */
  async connectDongle(port: number): Promise<AsyncDisposable> {
    const zigbee = await serveRoom({ clock: this.#clock, port });
    this.#zigbee = zigbee;
    this.#heater = new Heater(zigbee.plug);
    const connected = this.#connect([]);
    return {
      [Symbol.asyncDispose]: async () => {
        connected[Symbol.dispose]();
        this.#zigbee = undefined;
        this.#heater = undefined;
        await zigbee[Symbol.asyncDispose]();
      },
    };
  }

  #connect(disconnects: readonly (() => void)[]): Disposable {
    this.#connected++;
    this.#steps ??= repeat(this.#clock, stepMs, () => this.#step());
    return {
      [Symbol.dispose]: () => {
        for (const disconnect of disconnects) disconnect();
        if (--this.#connected > 0) return;
        this.#steps?.[Symbol.dispose]();
        this.#steps = undefined;
      },
    };
  }

  /** Lets the time pass since the last step. */
  #step(): void {
    const seconds = Math.min((this.#clock.monotonic() - this.#steppedAt) / 1000, longestGapSeconds);
    this.#steppedAt = this.#clock.monotonic();
    const error = this.#number("analog-value:1") - this.#celsius;
    const valve = this.#number("analog-output:1");
    const power = coilWatts(valve, this.#number("binary-output:1") === 1);
    const windowOpen = this.#number("binary-input:1") === 1;
    const heater = this.#heater?.watts ?? 0;
    this.#heater?.pass(seconds);
    const influences = { outside, windowOpen, watts: heater + (error < 0 ? -power : power) };
    this.#celsius = temperatureAfter(this.#celsius, influences, seconds);
    this.#coil.object("analog-input:1").become(real(this.#celsius));
    this.#show(Math.round(this.#celsius * 20) / 20);
    this.#coil.object("analog-output:1").become(real(valveFor(error, this.#number("multi-state-value:1"))));
  }

  /** The thermometer says a value again only when it shows another one. */
  #show(temperature: number): void {
    if (temperature === this.#shown || !this.#thermometer) return;
    this.#shown = temperature;
    this.#thermometer.measure({ temperature, humidity: 45, battery: 90 });
  }

  #number(object: string): number {
    const { value } = this.#coil.object(object);
    return "value" in value && typeof value.value === "number" ? value.value : 0;
  }
}
