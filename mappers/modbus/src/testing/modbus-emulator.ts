import type { ModbusUnit } from "./modbus-unit.ts";

/** An answer on its way: unit and protocol data unit, by when, and what becomes of its frame. */
export interface EmulatedAnswer {
  readonly adu: Uint8Array;
  readonly afterMs: number;
  readonly garble: (frame: Uint8Array) => Uint8Array;
}

/** Whatever answers requests: units, or something around them that watches. */
export interface Answering {
  /** The answer to `adu`; undefined when nobody answers. */
  answer(adu: Uint8Array): EmulatedAnswer | undefined;
}

/** The units on one line, or behind one gateway. */
export class ModbusEmulator implements Answering {
  readonly units: ReadonlyMap<number, ModbusUnit>;
  /** Nothing is heard of any unit. */
  dead = false;

  /** @param units by the number on the line. */
  constructor(units: Readonly<Record<number, ModbusUnit>>) {
    this.units = new Map(Object.entries(units).map(([number, unit]) => [Number(number), unit]));
  }

  /** Requests that all units got. */
  get requests(): number {
    return [...this.units.values()].reduce((sum, { requests }) => sum + requests, 0);
  }

  answer(adu: Uint8Array): EmulatedAnswer | undefined {
    const number = adu[0] as number;
    const unit = this.units.get(number);
    if (!unit || this.dead) return undefined;
    const { silent = false, latencyMs = 0, garble = (frame: Uint8Array) => frame, answersAs = number } = unit.faults;
    if (silent) return undefined;
    const response = unit.respond(adu.subarray(1));
    return { adu: Uint8Array.of(answersAs, ...response), afterMs: latencyMs, garble };
  }
}
