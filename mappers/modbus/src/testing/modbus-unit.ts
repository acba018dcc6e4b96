import { type CodecSpec, type CodecValue, codecOf } from "@edgetwin/mapper-sdk/codecs";
import type { ModbusRegister } from "../visitors/native-visitor.ts";

/** A request that a unit refuses, with the code of Modbus application protocol 7. */
class Refusal extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exception ${code}`);
    this.code = code;
  }
}

const illegal = { function: 1, address: 2, value: 3 } as const;

/** One of the four tables: addresses that the unit has, and what is there. */
export class Bank {
  readonly #values = new Map<number, number>();

  /** Gives the unit `values` from `address` on. */
  set(address: number, ...values: readonly number[]): this {
    for (const [index, value] of values.entries()) this.#values.set(address + index, value);
    return this;
  }

  /** What is at `address`; undefined when the unit has no such address. */
  get(address: number): number | undefined {
    return this.#values.get(address);
  }

  /** @throws Refusal for an address that the unit does not have. */
  read(address: number, count: number): number[] {
    return Array.from({ length: count }, (_, index) => {
      const value = this.#values.get(address + index);
      if (value === undefined) throw new Refusal(illegal.address);
      return value;
    });
  }

  /** Writes all or nothing. @throws Refusal for an address that the unit does not have. */
  write(address: number, values: readonly number[]): void {
    this.read(address, values.length);
    this.set(address, ...values);
  }
}

/** What happens to the answers of a unit on their way. */
export interface UnitFaults {
  /** It says nothing at all: no power, cut wire, wrong address. */
  silent?: boolean;
  /** It takes its time. */
  latencyMs?: number;
  /** What becomes of a frame, checksum or header included. */
  garble?: ((frame: Uint8Array) => Uint8Array) | undefined;
  /** It answers in the name of another unit. */
  answersAs?: number | undefined;
}

/** What a unit can be told about itself. */
export interface UnitOptions {
  /** Functions that it knows; all of the emulator's when left out. */
  readonly functions?: readonly number[];
  /** The most registers that it gives at once. */
  readonly maxRegisters?: number;
  /** The texts of function 43/14, from object 0 on. */
  readonly identification?: readonly string[];
}

const ok = (code: number, ...bytes: readonly number[]): Uint8Array => Uint8Array.of(code, ...bytes);

/** A Modbus unit made of memory. It answers protocol data units of functions 1 to 6, 15, 16, 17, 22, 23 and 43/14. */
export class ModbusUnit {
  readonly coil = new Bank();
  readonly discrete = new Bank();
  readonly input = new Bank();
  readonly holding = new Bank();
  readonly faults: UnitFaults = {};
  /** Requests that it got, refused ones too. */
  requests = 0;
  /** What it was asked to write, in order: function and address. */
  readonly writes: { readonly code: number; readonly address: number }[] = [];
  readonly #options: UnitOptions;

  constructor(options: UnitOptions = {}) {
    this.#options = options;
  }

  /**
   * Makes the unit hold `value` at `place`, as a visitor names it; other bits of a register stay.
   * @throws MapperError `CONFIG_INVALID` for a place that is none, `VALUE_INVALID` for a value that does not fit there.
   */
  hold({ table, address, type, write: _, ...rest }: ModbusRegister, value: CodecValue): this {
    const bank = this[table];
    const raw = typeof value === "boolean" ? Number(value) : value;
    if (type === undefined) {
      bank.set(address, Number(raw));
      return this;
    }
    const codec = codecOf({ ...rest, type } as CodecSpec);
    const registers = Array.from({ length: codec.byteLength / 2 }, (_, index) => bank.get(address + index) ?? 0);
    const bytes = Buffer.from(codec.encode(raw, Uint8Array.from(bytesOf(registers))));
    bank.set(address, ...words(bytes, 0, registers.length));
    return this;
  }

  /** The answer to a request, both without unit and checksum. */
  respond(request: Uint8Array): Uint8Array {
    this.requests++;
    const code = request[0] as number;
    try {
      const known = this.#options.functions;
      if (known && !known.includes(code)) throw new Refusal(illegal.function);
      return this.#answer(code, Buffer.from(request));
    } catch (error) {
      if (error instanceof Refusal) return ok(code | 0x80, error.code);
      if (error instanceof RangeError) return ok(code | 0x80, illegal.value); // a request that ends too early
      throw error;
    }
  }

  #answer(code: number, request: Buffer): Uint8Array {
    switch (code) {
      case 1:
        return this.#bits(code, this.coil, request);
      case 2:
        return this.#bits(code, this.discrete, request);
      case 3:
        return this.#registers(code, this.holding, request);
      case 4:
        return this.#registers(code, this.input, request);
      case 5:
        return this.#writeCoil(request);
      case 6:
        return this.#write(request, [request.readUInt16BE(3)]);
      case 15:
        return this.#writeCoils(request);
      case 16:
        return this.#write(request, words(request, 6, request.readUInt16BE(3)));
      case 17:
        return ok(code, 4, 0x2a, 0xff, ...Buffer.from("ok"));
      case 22:
        return this.#maskWrite(request);
      case 23:
        return this.#readWrite(request);
      case 43:
        return this.#identify(request);
      default:
        throw new Refusal(illegal.function);
    }
  }

  #bits(code: number, bank: Bank, request: Buffer): Uint8Array {
    const count = request.readUInt16BE(3);
    if (count < 1 || count > 2000) throw new Refusal(illegal.value);
    const states = bank.read(request.readUInt16BE(1), count);
    const packed = new Uint8Array(Math.ceil(count / 8));
    for (const [index, state] of states.entries())
      packed[index >> 3] = (packed[index >> 3] as number) | ((state ? 1 : 0) << (index & 7));
    return ok(code, packed.length, ...packed);
  }

  #registers(code: number, bank: Bank, request: Buffer): Uint8Array {
    const count = request.readUInt16BE(3);
    const { maxRegisters = 125 } = this.#options;
    if (count < 1 || count > maxRegisters) throw new Refusal(illegal.value);
    return ok(code, count * 2, ...bytesOf(bank.read(request.readUInt16BE(1), count)));
  }

  #writeCoil(request: Buffer): Uint8Array {
    const state = request.readUInt16BE(3);
    if (state !== 0 && state !== 0xff00) throw new Refusal(illegal.value);
    this.#note(request);
    this.coil.write(request.readUInt16BE(1), [state === 0 ? 0 : 1]);
    return request.subarray(0, 5);
  }

  #writeCoils(request: Buffer): Uint8Array {
    const states = Array.from(
      { length: request.readUInt16BE(3) },
      (_, index) => (request.readUInt8(6 + (index >> 3)) >> (index & 7)) & 1,
    );
    this.#note(request);
    this.coil.write(request.readUInt16BE(1), states);
    return request.subarray(0, 5);
  }

  #write(request: Buffer, registers: readonly number[]): Uint8Array {
    this.#note(request);
    this.holding.write(request.readUInt16BE(1), registers);
    return request.subarray(0, 5);
  }

  #maskWrite(request: Buffer): Uint8Array {
    const address = request.readUInt16BE(1);
    const and = request.readUInt16BE(3);
    const [now = 0] = this.holding.read(address, 1);
    this.#note(request);
    this.holding.write(address, [(now & and) | (request.readUInt16BE(5) & ~and & 0xffff)]);
    return request.subarray(0, 7);
  }

  #readWrite(request: Buffer): Uint8Array {
    this.holding.write(request.readUInt16BE(5), words(request, 10, request.readUInt16BE(7)));
    this.writes.push({ code: 23, address: request.readUInt16BE(5) });
    const count = request.readUInt16BE(3);
    return ok(23, count * 2, ...bytesOf(this.holding.read(request.readUInt16BE(1), count)));
  }

  #identify(request: Buffer): Uint8Array {
    const { identification } = this.#options;
    if (!identification || request[1] !== 14) throw new Refusal(illegal.function);
    const objects = identification.flatMap((text, id) => [id, text.length, ...Buffer.from(text)]);
    return ok(43, 14, request.readUInt8(2), 1, 0, 0, identification.length, ...objects);
  }

  #note(request: Buffer): void {
    this.writes.push({ code: request.readUInt8(0), address: request.readUInt16BE(1) });
  }
}

const words = (bytes: Buffer, from: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => bytes.readUInt16BE(from + index * 2));

const bytesOf = (registers: readonly number[]): number[] =>
  registers.flatMap((register) => [register >> 8, register & 0xff]);
