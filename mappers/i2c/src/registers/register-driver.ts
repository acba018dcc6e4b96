import { delay, i2cTarget, MapperError, type Property } from "@edgetwin/mapper-sdk";
import { type Codec, type CodecSpec, type CodecValue, codecOf, propertyCodec } from "@edgetwin/mapper-sdk/codecs";
import { awaitAnswer } from "../await-answer.ts";
import type { ChipDriver, ChipParts } from "../chip.ts";
import { type CheckCode, checked, protectedLength, withCheck } from "./check-codes.ts";
import { planBlocks } from "./plan-blocks.ts";
import { type RegisterFormat, registerAddress } from "./register-address.ts";

/** Where a value lives in a register map. */
export interface RegisterPlace {
  /** Absent: the value is read without naming a register. */
  readonly register?: number | undefined;
  readonly crc?: CheckCode | undefined;
  readonly codec: CodecSpec;
  readonly property: Property;
}

/** What a register map is like besides its registers. */
export interface RegisterMap {
  readonly format: RegisterFormat;
  readonly startUp?: readonly (readonly number[])[];
  readonly startUpMs?: number;
  /** Adjacent registers are read together up to so many bytes; 0 reads each by itself. */
  readonly blockBytes: number;
  /** Writes end at multiples of it, as in EEPROMs; 0 for chips without pages. */
  readonly pageBytes?: number;
  /** How long the chip may not answer after a write, because it stores. */
  readonly writeCycleMs?: number;
}

/** Any chip whose values lie in registers; the channels are the names of `places`. */
export function registerDriver(
  { target, bare, clock }: Pick<ChipParts<unknown>, "target" | "bare" | "clock">,
  map: RegisterMap,
  places: ReadonlyMap<string, RegisterPlace>,
): ChipDriver {
  /** Somebody wrote, perhaps before us, and did not wait until the chip had stored it. */
  let storing = true;
  const codecs = new Map([...places].map(([name, place]) => [name, compiled(name, place)]));
  const at = (register: number) => {
    const { prefix, bank } = registerAddress(map.format, register);
    return { prefix, chip: bank === 0 ? target : i2cTarget(target.bus, target.address + bank) };
  };

  async function readBytes(register: number | undefined, length: number, signal: AbortSignal): Promise<Uint8Array> {
    if (register === undefined) return await target.read(length, { signal });
    const { prefix, chip } = at(register);
    return prefix.length === 0 ? await chip.read(length, { signal }) : await chip.writeRead(prefix, length, { signal });
  }

  async function readOne(name: string, signal: AbortSignal): Promise<Uint8Array> {
    const { place, codec } = known(name);
    const code = place.crc ?? "none";
    const raw = await readBytes(place.register, protectedLength(code, codec.byteLength), signal);
    const prefix = place.register === undefined ? [] : at(place.register).prefix;
    return checked(code, raw, { address: target.address, prefix });
  }

  function known(name: string) {
    const place = places.get(name);
    const codec = codecs.get(name);
    if (!place || !codec) throw new TypeError(`${name} has no register`);
    return { place, codec };
  }

  /** An EEPROM acknowledges nothing while it stores (AT24C data sheet, "Acknowledge Polling"). */
  async function settled(signal: AbortSignal): Promise<void> {
    if (storing && map.writeCycleMs) await awaitAnswer(bare, { clock, withinMs: map.writeCycleMs, signal });
    storing = false;
  }

  async function writeBytes(
    register: number,
    bytes: Uint8Array,
    { code, signal }: { code: CheckCode; signal: AbortSignal },
  ) {
    const { pageBytes = 0 } = map;
    for (let from = 0; from < bytes.length; ) {
      const room = pageBytes > 0 ? pageBytes - ((register + from) % pageBytes) : bytes.length;
      const part = bytes.subarray(from, from + room);
      const { prefix, chip } = at(register + from);
      storing = true;
      await chip.write([...prefix, ...withCheck(code, part, { address: target.address, prefix })], { signal });
      await settled(signal);
      from += part.length;
    }
  }

  return {
    async setup(signal) {
      storing = true;
      await settled(signal);
      for (const write of map.startUp ?? []) await target.write(write, { signal });
      if (map.startUpMs) await delay(clock, map.startUpMs, signal);
    },

    async sample(names, signal) {
      await settled(signal);
      const values: Record<string, unknown> = {};
      const alone: string[] = [];
      const spans = [];
      for (const name of names) {
        const { place, codec } = known(name);
        const mergeable = map.blockBytes > 0 && place.register !== undefined && (place.crc ?? "none") === "none";
        if (mergeable) spans.push({ name, register: place.register as number, length: codec.byteLength });
        else alone.push(name);
      }
      for (const name of alone) values[name] = decoded(known(name).codec, await readOne(name, signal));
      for (const block of planBlocks(spans, map.blockBytes)) {
        const bytes = await readBytes(block.register, block.length, signal);
        for (const { name, register } of block.spans) {
          values[name] = decoded(known(name).codec, bytes, register - block.register);
        }
      }
      return values;
    },

    async write(name, value, signal) {
      await settled(signal);
      const { place, codec } = known(name);
      const { register, crc: code = "none" } = place;
      if (register === undefined) throw new TypeError(`${name} cannot be written without a register`);
      const before = codec.partial ? (await readOne(name, signal)).slice() : undefined;
      await writeBytes(register, codec.encode(value as CodecValue, before), { code, signal });
    },
  };
}

/** One value that is none (a broken digit, no name) spoils no other. */
function decoded(codec: Codec, bytes: Uint8Array, from = 0): unknown {
  try {
    return codec.decode(bytes, from);
  } catch (error) {
    if (error instanceof MapperError) return error;
    throw error;
  }
}

/** @throws MapperError `CONFIG_INVALID` naming the property when codec, check and property do not fit each other. */
function compiled(name: string, { codec, property, crc, register }: RegisterPlace): Codec {
  try {
    const made = propertyCodec(codecOf(codec), property);
    if (crc === "sensirion" && made.byteLength % 2 !== 0)
      throw new MapperError(
        "CONFIG_INVALID",
        "crc: sensirion protects words of two bytes; choose a type of 16, 32, … bits",
      );
    if (property.access === "rw" && register === undefined)
      throw new MapperError("CONFIG_INVALID", "register: is missing; a writable property needs one");
    return made;
  } catch (cause) {
    if (!(cause instanceof MapperError)) throw cause;
    const lines = cause.message.split("\n").map((line) => `visitors.${name}.${line}`);
    throw new MapperError("CONFIG_INVALID", lines.join("\n"), { cause });
  }
}
