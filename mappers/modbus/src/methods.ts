import { type DeclareMethod, type Field, f, fields } from "@edgetwin/mapper-sdk";
import type { ModbusDevice } from "./device.ts";
import { refused } from "./refused.ts";
import type { Visitor } from "./visitors/visitor.ts";

const addressField = f.int({ min: 0, max: 65_535 });

const registersField: Field<readonly number[], readonly number[]> = f.custom(
  "a list of numbers from 0 to 65535",
  (raw) =>
    Array.isArray(raw) &&
    raw.length > 0 &&
    raw.length <= 121 &&
    raw.every((one) => Number.isInteger(one) && one >= 0 && one <= 0xffff)
      ? (raw as number[])
      : undefined,
) as Field<readonly number[], readonly number[]>;

const bytesOf = (registers: readonly number[]): Uint8Array =>
  Buffer.concat(registers.map((register) => Buffer.of(register >> 8, register & 0xff)));

const registersOf = (bytes: Uint8Array): number[] =>
  Array.from({ length: bytes.length / 2 }, (_, index) => Buffer.from(bytes).readUInt16BE(index * 2));

/** Objects of the basic device identification (Modbus application protocol 6.21). */
const objects = { vendor: 0, product: 1, revision: 2 } as const;

/** For putting a device into operation: what every Modbus unit can do, whatever its model says. */
export const modbusMethods = (method: DeclareMethod<ModbusDevice, Readonly<Record<string, Visitor>>>) => ({
  readRegisters: method({
    description: "Reads registers that no property stands for, to look at a device or at its data sheet.",
    input: fields({
      table: f.withDefault(f.oneOf(["input", "holding"]), "holding"),
      address: addressField,
      count: f.withDefault(f.int({ min: 1, max: 125 }), 1),
    }),
    output: fields({ registers: f.custom("registers", (raw) => raw as readonly number[]) }),
    async run({ session, signal }, { table, address, count }) {
      const asked = { writing: false, table, start: address, count };
      const read = session.request(signal, (client) => client.readRegisters(table, address, count));
      return { registers: registersOf(await read.catch((error) => Promise.reject(refused(error, asked)))) };
    },
  }),
  writeRegisters: method({
    description: "Writes holding registers that no property stands for, e.g. to give a device its address.",
    input: fields({ address: addressField, registers: registersField }),
    async run({ session, signal }, { address, registers }) {
      const asked = { writing: true, table: "holding", start: address, count: registers.length } as const;
      const write = session.request(signal, (client) => client.writeRegisters(address, bytesOf(registers)));
      await write.catch((error) => Promise.reject(refused(error, asked)));
    },
  }),
  readWriteRegisters: method({
    description: "Writes holding registers and reads others in one request, for devices that answer a command so.",
    input: fields({
      address: addressField,
      registers: registersField,
      readAddress: addressField,
      count: f.int({ min: 1, max: 125 }),
    }),
    output: fields({ registers: f.custom("registers", (raw) => raw as readonly number[]) }),
    async run({ session, signal }, { address, registers, readAddress, count }) {
      const asked = { writing: true, table: "holding", start: address, count: registers.length } as const;
      const exchange = session.request(signal, (client) =>
        client.readWriteRegisters({ address: readAddress, count }, { address, bytes: bytesOf(registers) }),
      );
      return { registers: registersOf(await exchange.catch((error) => Promise.reject(refused(error, asked)))) };
    },
  }),
  identify: method({
    description: "Asks the device who made it, what it is and which version; many simple devices do not know.",
    output: fields({
      vendor: f.optional(f.string()),
      product: f.optional(f.string()),
      revision: f.optional(f.string()),
    }),
    async run({ session, signal }) {
      const found = await session.request(signal, (client) => client.readDeviceIdentification());
      const known = Object.entries(objects).map(([name, id]) => [name, found.get(id)] as const);
      return Object.fromEntries(known.filter(([, text]) => text)) as {
        vendor?: string;
        product?: string;
        revision?: string;
      };
    },
  }),
  serverId: method({
    description: "Asks the device for its identifier and whether it runs.",
    output: fields({
      id: f.int(),
      running: f.boolean(),
      additional: f.custom("hexadecimal text", (raw) => raw as string),
    }),
    async run({ session, signal }) {
      const { id, running, additional } = await session.request(signal, (client) => client.reportServerId());
      return { id, running, additional: Buffer.from(additional).toString("hex") };
    },
  }),
});
