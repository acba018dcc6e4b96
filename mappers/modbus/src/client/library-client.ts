import type ModbusSerial from "modbus-serial";
import type { Adu } from "../wire/wire.ts";
import { LibraryPort } from "./library-port.ts";
import { type ModbusClient, ModbusException } from "./modbus-client.ts";

type Answered<T> = (error: Error | null, result: T) => void;
/** The library's class. */
export type LibraryClass = typeof ModbusSerial.default;
type Library = InstanceType<LibraryClass>;

/** The library as a module, which costs 11 MB of memory: loaded when the first device opens. */
export const loadLibrary = async (): Promise<LibraryClass> => (await import("modbus-serial")).default.default;

/** Identifier of the first basic object, and the code that asks for all of them (Modbus application protocol 6.21). */
const firstObject = 0;
const basicIdentification = 1;

/**
 * Requests of `unit` by modbus-serial, one at a time, over a line of ours. A fresh client for each connection, because
 * one that was closed may not work again; its functions with a callback, because those with a promise bring the process
 * down when an argument is missing.
 * @param exchange sends a request and resolves with its answer; rejects when there is none.
 */
export function libraryClient(
  library: LibraryClass,
  unit: number,
  exchange: (request: Adu) => Promise<Adu>,
): ModbusClient {
  let onFailure: (error: unknown) => void = () => {};
  const port = new LibraryPort(exchange, (error) => onFailure(error));
  const client = new library(port);
  client.open(() => {});

  const call = <T>(start: (library: Library, next: Answered<T>) => void): Promise<T> =>
    new Promise((resolve, reject) => {
      onFailure = reject;
      start(client, (error, result) => (error ? reject(ours(error)) : resolve(result)));
    });
  return {
    async readBits(table, address, count) {
      const { buffer } = await call<{ buffer: Buffer }>((library, next) =>
        table === "coil"
          ? library.writeFC1(unit, address, count, next as never)
          : library.writeFC2(unit, address, count, next as never),
      );
      return buffer;
    },
    async readRegisters(table, address, count) {
      const { buffer } = await call<{ buffer: Buffer }>((library, next) =>
        table === "holding"
          ? library.writeFC3(unit, address, count, next as never)
          : library.writeFC4(unit, address, count, next as never),
      );
      return buffer;
    },
    async writeCoil(address, on) {
      await call((library, next) => library.writeFC5(unit, address, on, next as never));
    },
    async writeCoils(address, states) {
      await call((library, next) => library.writeFC15(unit, address, [...states], next as never));
    },
    async writeRegister(address, value) {
      await call((library, next) => library.writeFC6(unit, address, value, next as never));
    },
    async writeRegisters(address, bytes) {
      await call((library, next) => library.writeFC16(unit, address, Buffer.from(bytes) as never, next as never));
    },
    async maskWriteRegister(address, { and, or }) {
      await call((library, next) => library.writeFC22(unit, address, and, or, next as never));
    },
    async readWriteRegisters(read, write) {
      const { data } = await call<{ data: number[] }>((library, next) =>
        library.writeFC23(
          unit,
          read.address,
          read.count,
          write.address,
          write.bytes.length / 2,
          Buffer.from(write.bytes),
          next as never,
        ),
      );
      return Buffer.concat(data.map((register) => Buffer.of(register >> 8, register & 0xff)));
    },
    async reportServerId() {
      type Answer = { serverId: number; running: boolean; additionalData: Buffer };
      const { serverId, running, additionalData } = await call<Answer>((library, next) =>
        // The two zeros are not used; without them the library takes nothing for its callback.
        (library as unknown as { writeFC17: (...settings: unknown[]) => void }).writeFC17(unit, 0, 0, next),
      );
      return { id: serverId, running, additional: additionalData };
    },
    async readDeviceIdentification() {
      const { data } = await call<{ data: Readonly<Record<string, string>> }>((library, next) =>
        (library as unknown as { writeFC43: (...settings: unknown[]) => void }).writeFC43(
          unit,
          basicIdentification,
          firstObject,
          next,
        ),
      );
      return new Map(Object.entries(data).map(([id, text]) => [Number(id), text]));
    },
  };
}

function ours(error: Error): Error {
  const code = (error as { modbusCode?: unknown }).modbusCode;
  return typeof code === "number" ? new ModbusException(code) : error;
}
