import { f, fields, HalError, i2cBusName } from "@edgetwin/mapper-sdk";
import { codecFields } from "@edgetwin/mapper-sdk/codecs";

/** Whole numbers as people write addresses: `0x76`, `"0x76"`, 118. */
const wholeNumber = (raw: unknown): number | undefined => {
  const number =
    typeof raw === "string" && /^\s*(?:0x[0-9a-f]+|\d+)\s*$/i.test(raw) ? Number(raw) : (raw as number | undefined);
  return Number.isSafeInteger(number) && Number(number) >= 0 ? number : undefined;
};

const upTo = (max: number) => (raw: unknown) => {
  const number = wholeNumber(raw);
  return number !== undefined && number <= max ? number : undefined;
};

const bus = f.custom('a bus: 1, "i2c-1" or "/dev/i2c-1"', (raw) => {
  try {
    return i2cBusName(raw as string);
  } catch (error) {
    if (error instanceof HalError) return undefined;
    throw error;
  }
});

/** A bus, 1 unless told otherwise. */
export const busField = f.withDefault(bus, "i2c-1");

/** An address of seven or ten bits. */
export const addressField = f.custom('an address from 0x00 to 0x3ff, like 0x76 or "0x76"', upTo(0x3ff));

const hexBytes = (text: string): readonly number[] | undefined => {
  const bytes = text
    .trim()
    .split(/[\s,]+/)
    .map((byte) => /^(?:0x)?[0-9a-f]{1,2}$/i.test(byte) && Number.parseInt(byte, 16));
  return bytes.some((byte) => byte === false) ? undefined : (bytes as number[]);
};

const startUp = f.custom<readonly (readonly number[])[]>('a list of writes in hexadecimal, like ["f4 27"]', (raw) => {
  const writes = Array.isArray(raw)
    ? raw.map((text) => (typeof text === "string" ? hexBytes(text) : undefined))
    : [undefined];
  return writes.some((write) => write === undefined) ? undefined : (writes as (readonly number[])[]);
});

const settings = f.custom<Readonly<Record<string, unknown>>>("settings of the chip", (raw) =>
  typeof raw === "object" && raw !== null && !Array.isArray(raw) ? (raw as Record<string, unknown>) : undefined,
);

/** `spec.protocol.configData` of a Device: which chip, and where. The README explains every field. */
export const connection = fields({
  bus: busField,
  /** Name of a chip that the mapper knows; without it, the visitors name registers. */
  chip: f.optional(f.string()),
  address: f.optional(addressField),
  tenBit: f.withDefault(f.boolean(), false),
  settings: f.optional(settings),
  /** Of register maps: bytes of a register's address, 0 for chips without registers. */
  registerBytes: f.optional(f.int({ min: 0, max: 2 })),
  registerOrder: f.optional(f.oneOf(["big", "little"])),
  /** Of register maps: written when the device is opened, and again after it was gone. */
  startUp: f.optional(startUp),
  /** Milliseconds to wait after `startUp`. */
  startUpMs: f.optional(f.number({ min: 0, max: 10_000 })),
  /** Of register maps: adjacent registers are read in one transaction of at most so many bytes. */
  blockBytes: f.optional(f.int({ min: 1, max: 4096 })),
});

/** `spec.properties[].visitors.configData` of a Device: a channel of a chip, or a register with the codec of its value. */
export const visitor = fields({
  /** Default: the name of the property. */
  channel: f.optional(f.string()),
  register: f.optional(f.custom('a register from 0 to 0xffff, like 0x10 or "0x10"', upTo(0xffff))),
  /** How the chip protects the bytes of a register. */
  crc: f.optional(f.oneOf(["none", "sensirion", "smbus"])),
  ...codecFields,
  type: f.optional(codecFields.type),
});

type Parsed<S> = S extends { "~standard": { readonly types?: infer T } } ? NonNullable<T> : never;

/** A visitor as authors may write it: where a property lives. */
export type I2cRegister = Extract<Parsed<typeof visitor>, { readonly input: unknown }>["input"];

/** Checked connection settings. */
export type Connection = Extract<Parsed<typeof connection>, { readonly output: unknown }>["output"];

/** A checked visitor. */
export type Visitor = Extract<Parsed<typeof visitor>, { readonly output: unknown }>["output"];
