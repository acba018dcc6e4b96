import { MapperError } from "@edgetwin/mapper-sdk";
import type { ModbusClient } from "./client/modbus-client.ts";
import { isException, type Link } from "./link/link.ts";
import { bitsFrom, statesOf } from "./plan/bits.ts";
import { type PlannedRead, planReads, splitRead } from "./plan/read-plan.ts";
import { refused } from "./refused.ts";
import type { Binding } from "./visitors/binding.ts";
import type { Connection } from "./visitors/connection.ts";

/** A binding and whose it is. */
interface Wanted extends Binding {
  readonly name: string;
}

/** What a reading is asked with. */
export interface ReadOptions {
  readonly signal: AbortSignal;
  /** Asked between two requests; false leaves the rest for another time. */
  goOn(): boolean;
}

/** More bits than this do not fit into one answer (Modbus application protocol 6.1). */
const mostBits = 2000;
/** A register has room for this many bits, so a gap of one costs as much as one of sixteen bits. */
const bitsPerRegister = 16;

/** One unit with the properties that live on it. */
export class ModbusDevice {
  readonly #link: Link;
  readonly #connection: Connection;
  readonly #bindings: ReadonlyMap<string, Binding>;
  /** By table, the addresses across which the device refused a merged request. */
  readonly #cuts = {
    coil: new Set<number>(),
    discrete: new Set<number>(),
    input: new Set<number>(),
    holding: new Set<number>(),
  };
  #masksWrites = true;
  /** The plan that was made last: a poller asks for the same every time. */
  #planned: { readonly names: readonly string[]; readonly reads: readonly PlannedRead<Wanted>[] } | undefined;

  constructor(link: Link, connection: Connection, bindings: ReadonlyMap<string, Binding>) {
    this.#link = link;
    this.#connection = connection;
    this.#bindings = bindings;
  }

  /** Runs requests that nobody else gets between. */
  request<T>(signal: AbortSignal, job: (client: ModbusClient) => Promise<T>, urgent = true): Promise<T> {
    const { unit, timeoutMs } = this.#connection;
    return this.#link.run({ unit, timeoutMs, urgent, signal }, job);
  }

  /**
   * Asks the unit for something it has, so that a device that is not there does not count as open. Rejects with
   * `DEVICE_IO` when nothing answers; a refusal is an answer.
   */
  async probe(signal: AbortSignal): Promise<void> {
    const [first] = this.#plan([...this.#bindings.keys()]);
    if (!first) return;
    const refusal = await this.#fetch(first, signal).catch((error: unknown) => error);
    if (refusal instanceof Error && !isException(refusal)) throw refusal;
  }

  /** Reads a property. Rejects with `DEVICE_IO` when the unit does not answer, refuses, or sends what is no value. */
  async read(name: string, signal: AbortSignal): Promise<unknown> {
    const { [name]: result } = await this.readMany([name], { signal, goOn: () => true });
    if (result instanceof Error) throw result;
    return result;
  }

  /** Reads properties with as few requests as the limits allow; by name a value, or the Error that kept it. */
  async readMany(names: readonly string[], { signal, goOn }: ReadOptions): Promise<Record<string, unknown>> {
    const results: Record<string, unknown> = Object.create(null);
    const reads = [...this.#planFor(names)];
    for (let read = reads.shift(), first = true; read && (first || goOn()); read = reads.shift(), first = false) {
      try {
        decode(read, await this.#fetch(read, signal), results);
      } catch (error) {
        const parts = isException(error, 2, 3) ? splitRead(read) : undefined;
        if (parts) {
          this.#cutBefore(parts[1]);
          reads.unshift(...parts);
        } else
          for (const { name } of read.wanted)
            results[name] = refused(error, { writing: false, ...read, table: tableOf(read) });
      }
    }
    return results;
  }

  /**
   * Writes an accepted value. Rejects with `VALUE_INVALID` before the line is used when the codec cannot hold it, and when
   * the unit refuses the value; with `CONFIG_INVALID` when it has no such address, with `DEVICE_IO` otherwise.
   */
  async write(name: string, value: unknown, signal: AbortSignal): Promise<void> {
    const binding = this.#binding(name);
    const encoded = binding.codec.encode(value as never);
    try {
      await this.request(signal, async (client) => {
        if (binding.table === "coil") return await writeCoils(client, binding, encoded);
        if (binding.codec.partial) return await this.#writeBits(client, binding, value);
        await writeRegisters(client, binding, encoded);
      });
    } catch (error) {
      throw refused(error, { writing: true, ...binding });
    }
  }

  /** Some bits of registers: the others stay. Devices that cannot mask are read first. */
  async #writeBits(client: ModbusClient, binding: Binding, value: unknown): Promise<void> {
    const { codec, start, count } = binding;
    if (count === 1 && this.#masksWrites) {
      const zeros = Buffer.from(codec.encode(value as never, Buffer.alloc(2, 0)));
      const ones = Buffer.from(codec.encode(value as never, Buffer.alloc(2, 0xff)));
      const or = zeros.readUInt16BE();
      try {
        return await client.maskWriteRegister(start, { and: or ^ ones.readUInt16BE(), or });
      } catch (error) {
        if (!isException(error, 1)) throw error;
        this.#masksWrites = false;
      }
    }
    const now = Uint8Array.from(await client.readRegisters("holding", start, count));
    await writeRegisters(client, binding, codec.encode(value as never, now));
  }

  #planFor(names: readonly string[]): readonly PlannedRead<Wanted>[] {
    const last = this.#planned;
    if (last && last.names.length === names.length && last.names.every((name, index) => name === names[index]))
      return last.reads;
    const reads = this.#plan(names);
    this.#planned = { names: [...names], reads };
    return reads;
  }

  #plan(names: readonly string[]): PlannedRead<Wanted>[] {
    const { maxGap, maxRegisters } = this.#connection;
    const byTable = new Map<Binding["table"], Wanted[]>();
    for (const name of names) {
      const binding = this.#binding(name);
      const others = byTable.get(binding.table);
      if (others) others.push({ ...binding, name });
      else byTable.set(binding.table, [{ ...binding, name }]);
    }
    return [...byTable].flatMap(([table, wanted]) => {
      const inBits = table === "coil" || table === "discrete";
      const limits = inBits
        ? { maxGap: maxGap * bitsPerRegister, maxCount: Math.min(mostBits, maxRegisters * bitsPerRegister) }
        : { maxGap, maxCount: maxRegisters };
      return planReads(wanted, { ...limits, cuts: this.#cuts[table] });
    });
  }

  #fetch(read: PlannedRead<Wanted>, signal: AbortSignal): Promise<Uint8Array> {
    const table = tableOf(read);
    return this.request(
      signal,
      (client) =>
        table === "coil" || table === "discrete"
          ? client.readBits(table, read.start, read.count)
          : client.readRegisters(table, read.start, read.count),
      false,
    );
  }

  /** A device that refuses to be read across an address is not asked that again. */
  #cutBefore(read: PlannedRead<Wanted>): void {
    this.#cuts[tableOf(read)].add(read.start);
    this.#planned = undefined;
  }

  #binding(name: string): Binding {
    const found = this.#bindings.get(name);
    if (!found) throw new TypeError(`${name} has no visitor`);
    return found;
  }
}

const tableOf = ({ wanted }: PlannedRead<Wanted>): Binding["table"] => (wanted[0] as Wanted).table;

function decode(read: PlannedRead<Wanted>, block: Uint8Array, results: Record<string, unknown>): void {
  for (const { name, table, start, count, codec } of read.wanted) {
    const from = start - read.start;
    try {
      results[name] =
        table === "coil" || table === "discrete"
          ? codec.decode(bitsFrom(block, from, count))
          : codec.decode(block.subarray(from * 2, (from + count) * 2));
    } catch (error) {
      if (!(error instanceof MapperError)) throw error;
      results[name] = error;
    }
  }
}

async function writeCoils(client: ModbusClient, { start, count, write }: Binding, bytes: Uint8Array): Promise<void> {
  const states = statesOf(bytes, count);
  if (write === "single" && count === 1) await client.writeCoil(start, states[0] === true);
  else await client.writeCoils(start, states);
}

async function writeRegisters(client: ModbusClient, { start, write }: Binding, bytes: Uint8Array): Promise<void> {
  if (write === "multiple") return await client.writeRegisters(start, bytes);
  const registers = Buffer.from(bytes);
  for (let index = 0; index < registers.length; index += 2)
    await client.writeRegister(start + index / 2, registers.readUInt16BE(index));
}
