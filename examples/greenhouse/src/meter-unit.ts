import { ModbusUnit } from "@edgetwin/mapper-modbus/testing";
import { type Load, measure } from "./loads.ts";

/** The last input register of the SDM120 that has something to say, and the room for its float. */
const registers = 0x015a;
/** What an SDM120 answers at once ("SDM120 Modbus protocol implementation"): 40 values. */
const maxRegisters = 80;
const joulesPerKilowattHour = 3_600_000;

/** An SDM120 that measures what is switched on, and counts its energy. */
export class MeterUnit {
  readonly unit = new ModbusUnit({ maxRegisters });
  #joules = 0;
  #reactiveJoules = 0;

  constructor() {
    this.unit.input.set(0, ...new Array<number>(registers).fill(0));
  }

  /** Counts `seconds` of `loads`, and shows them. */
  pass(seconds: number, { loads, volts }: { readonly loads: readonly Load[]; readonly volts: number }): void {
    const { amps, power, apparentPower, reactivePower, powerFactor } = measure(loads, volts);
    this.#joules += power * seconds;
    this.#reactiveJoules += reactivePower * seconds;
    const energy = this.#joules / joulesPerKilowattHour;
    this.#show(0x0000, volts);
    this.#show(0x0006, amps);
    this.#show(0x000c, power);
    this.#show(0x0012, apparentPower);
    this.#show(0x0018, reactivePower);
    this.#show(0x001e, powerFactor);
    this.#show(0x0046, 50);
    this.#show(0x0048, energy);
    this.#show(0x0156, energy);
    this.#show(0x0158, this.#reactiveJoules / joulesPerKilowattHour);
  }

  #show(address: number, value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatBE(value);
    this.unit.input.set(address, bytes.readUInt16BE(0), bytes.readUInt16BE(2));
  }
}
