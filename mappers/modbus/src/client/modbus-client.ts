/** The two tables of bits (Modbus application protocol 4.3). */
export type BitTable = "coil" | "discrete";
/** The two tables of 16-bit registers. */
export type RegisterTable = "input" | "holding";
export type Table = BitTable | RegisterTable;

/** Requests of one unit. All reject with a {@link ModbusException} or an `ExchangeError`. */
export interface ModbusClient {
  /** Functions 1 and 2. Eight bits in a byte, the first one in bit 0. */
  readBits(table: BitTable, address: number, count: number): Promise<Uint8Array>;
  /** Functions 3 and 4. Two bytes for each register, most significant first. */
  readRegisters(table: RegisterTable, address: number, count: number): Promise<Uint8Array>;
  /** Function 5. */
  writeCoil(address: number, on: boolean): Promise<void>;
  /** Function 15. */
  writeCoils(address: number, states: readonly boolean[]): Promise<void>;
  /** Function 6. */
  writeRegister(address: number, value: number): Promise<void>;
  /** Function 16; two bytes for each register. */
  writeRegisters(address: number, bytes: Uint8Array): Promise<void>;
  /** Function 22: the bits of `or` where `and` has none. */
  maskWriteRegister(address: number, masks: { readonly and: number; readonly or: number }): Promise<void>;
  /** Function 23: writes, then reads, in one request. */
  readWriteRegisters(
    read: { readonly address: number; readonly count: number },
    write: { readonly address: number; readonly bytes: Uint8Array },
  ): Promise<Uint8Array>;
  /** Function 17. */
  reportServerId(): Promise<ServerId>;
  /** Function 43/14: the texts of the basic objects, by object identifier. */
  readDeviceIdentification(): Promise<ReadonlyMap<number, string>>;
}

/** What a unit says about itself. */
export interface ServerId {
  readonly id: number;
  readonly running: boolean;
  readonly additional: Uint8Array;
}

/** Exception codes (Modbus application protocol 7). */
export const exceptionNames: Readonly<Record<number, string>> = {
  1: "illegal function",
  2: "illegal data address",
  3: "illegal data value",
  4: "server device failure",
  5: "acknowledge",
  6: "server device busy",
  8: "memory parity error",
  10: "gateway path unavailable",
  11: "gateway target device failed to respond",
};

/** A unit that answered, but not as hoped. */
export class ModbusException extends Error {
  override readonly name = "ModbusException";
  readonly code: number;

  constructor(code: number) {
    super(`exception ${code} (${exceptionNames[code] ?? "unknown"})`);
    this.code = code;
  }
}
