import { type AttachOptions, attachChip } from "@edgetwin/mapper-i2c/testing";
import { ModbusEmulator, ModbusUnit, modbusLine } from "@edgetwin/mapper-modbus/testing";
import type { Clock } from "@edgetwin/mapper-sdk";
import { repeat, type SimBoard } from "@edgetwin/mapper-sdk/simulation";
import { type Air, airAfter } from "./air.ts";
import { fanLoad, relayLoads } from "./loads.ts";
import { MeterUnit } from "./meter-unit.ts";
import { type Weather, weatherAt } from "./weather.ts";

/** How often the emulated devices are brought up to date. */
const stepMs = 250;
/** After a pause of the machine the greenhouse goes on from there, as if it had slept too. */
const longestGapSeconds = 60;
/** Coils of a relay board. */
const relays = 8;

/** Where the devices are that cannot be told from their connection. */
export const wiring = { fan: "GPIO18", units: { meter: 1, relays: 2 } } as const;

/** Makes a sensor measure what is true now. */
type Sensor = (inside: Air, weather: Weather) => void;

/**
 * One greenhouse behind a simulated board. Its air follows weather, heater, mist, lamps and fan; sensors show the air,
 * the meter shows and counts what is switched on. It lives as long as at least one of its devices is connected.
 */
export class Greenhouse {
  readonly meter = new MeterUnit();
  readonly relays = new ModbusUnit();
  readonly #board: SimBoard;
  readonly #clock: Clock;
  readonly #sensors = new Set<Sensor>();
  readonly #units = new ModbusEmulator({ [wiring.units.meter]: this.meter.unit, [wiring.units.relays]: this.relays });
  #air: Air;
  #steppedAt: number;
  #connected = 0;
  #steps: Disposable | undefined;

  constructor(board: SimBoard, clock: Clock) {
    this.#board = board;
    this.#clock = clock;
    this.#air = weatherAt(clock.now()).air;
    this.#steppedAt = clock.monotonic();
    this.relays.coil.set(0, ...new Array<number>(relays).fill(0));
    this.#step();
  }

  /** The air under the glass. */
  get air(): Air {
    return this.#air;
  }

  /** Puts the sensor for the air under the glass on its bus. */
  connectInside(where: Omit<AttachOptions, "clock">): Disposable {
    const { chip, detach } = attachChip(this.#board, "bme280", { ...where, clock: this.#clock });
    return this.#connectSensor(detach, (air, { pressure }) => chip.setClimate({ ...air, pressure }));
  }

  /** Puts the sensor for the air outside on its bus. */
  connectOutside(where: Omit<AttachOptions, "clock">): Disposable {
    const { chip, detach } = attachChip(this.#board, "sht31", { ...where, clock: this.#clock });
    return this.#connectSensor(detach, (_, { air }) => void Object.assign(chip, air));
  }

  /** Puts relay board and meter at the far end of a serial port; they hear only what comes at `baudRate`. */
  connectLine(path: string, baudRate: number): Disposable {
    return this.#connect(this.#board.serialPort(path).attach(modbusLine(this.#units, { baudRate })));
  }

  /** The fan hangs on its pin whether somebody drives that or not. */
  connectFan(): Disposable {
    return this.#connect(() => {});
  }

  #connectSensor(detach: () => void, sensor: Sensor): Disposable {
    this.#sensors.add(sensor);
    sensor(this.#air, weatherAt(this.#clock.now()));
    return this.#connect(() => {
      this.#sensors.delete(sensor);
      detach();
    });
  }

  #connect(disconnect: () => void): Disposable {
    this.#connected++;
    this.#steps ??= repeat(this.#clock, stepMs, () => this.#step());
    return {
      [Symbol.dispose]: () => {
        disconnect();
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
    const weather = weatherAt(this.#clock.now());
    const fan = this.#board.line(wiring.fan).duty;
    const on = relayLoads.filter((_, coil) => this.relays.coil.get(coil) === 1);
    const watts = weather.sunWatts + on.reduce((sum, load) => sum + load.watts, 0);
    const gramsPerSecond = on.reduce((sum, load) => sum + (load.gramsPerSecond ?? 0), 0);
    this.#air = airAfter(this.#air, { outside: weather.air, watts, gramsPerSecond, fan }, seconds);
    this.meter.pass(seconds, { loads: [...on, fanLoad(fan)], volts: 230 });
    for (const show of this.#sensors) show(this.#air, weather);
  }
}
