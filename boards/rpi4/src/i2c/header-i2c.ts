import { readlink } from "node:fs/promises";
import { basename } from "node:path";
import { checkTransfer, HalError, type I2c, type I2cBus, i2cBusName } from "@edgetwin/mapper-sdk";
import { abortable } from "../abortable.ts";
import { readText } from "../files.ts";
import type { OpenLibraryBus } from "./i2c-library.ts";
import { busNames, busObstacle } from "./probe-bus.ts";
import type { OpenRdwr, Rdwr } from "./rdwr.ts";
import { SharedBus } from "./shared-bus.ts";

/** What {@link headerI2c} is made of. */
export interface HeaderI2cParts {
  readonly root: string;
  readonly library: () => Promise<OpenLibraryBus>;
  readonly rdwr: () => Promise<OpenRdwr>;
}

/** A bus that is open, or being opened, and how many count on it. */
interface Entry {
  readonly shared: Promise<SharedBus>;
  users: number;
}

/** The I2C buses of this machine. Users of one bus share its files. */
export function headerI2c(parts: HeaderI2cParts): I2c {
  const entries = new Map<string, Entry>();

  /** Counts before it waits, so that a user who leaves meanwhile does not close the bus. */
  async function join(name: string): Promise<Entry> {
    const entry = entries.get(name) ?? { shared: openBus(name, parts), users: 0 };
    entries.set(name, entry);
    entry.users++;
    try {
      await entry.shared;
      return entry;
    } catch (error) {
      if (entries.get(name) === entry) entries.delete(name);
      throw error;
    }
  }

  async function leave(name: string, entry: Entry): Promise<void> {
    entry.users--;
    if (entry.users > 0) return;
    entries.delete(name);
    await (await entry.shared).close();
  }

  return {
    list: () => busNames(parts.root),
    async open(bus, { consumer = "a driver" } = {}): Promise<I2cBus> {
      const name = i2cBusName(bus);
      // A bus that was unplugged since its first user opened it is not there for the next one either.
      const obstacle = await busObstacle(parts.root, name);
      if (obstacle) throw new HalError(obstacle.kind, `${obstacle.message}; ${obstacle.fix}`);
      const entry = await join(name);
      const shared = await entry.shared;
      let released = false;
      return {
        name,
        async transfer(address, operations, options = {}) {
          checkTransfer(address, operations, options);
          if (released) throw new HalError("disconnected", `${name} has been released by ${consumer}`);
          const { tenBit = false, signal } = options;
          return await abortable(shared.transfer({ address, tenBit, operations }, signal), signal);
        },
        async [Symbol.asyncDispose]() {
          if (released) return;
          released = true;
          await leave(name, entry);
        },
      };
    },
  };
}

async function openBus(name: string, { root, library, rdwr }: HeaderI2cParts): Promise<SharedBus> {
  const number = Number(name.slice("i2c-".length));
  const path = `${root}/dev/${name}`;
  let load: OpenLibraryBus;
  try {
    load = await library();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new HalError("unsupported", `the i2c-bus library does not load: ${reason}; run npm rebuild i2c-bus`, {
      cause,
    });
  }
  const bus = await load(number);
  let raw: Promise<Rdwr> | undefined;
  return new SharedBus({
    name,
    adapter: (await readText(`${root}/sys/class/i2c-dev/${name}/name`)) ?? "",
    library: {
      ...bound(bus),
      async close() {
        await bus.close();
        (await raw?.catch(() => undefined))?.[Symbol.dispose]();
      },
    },
    rdwr: () => {
      raw ??= rdwr().then((open) => open(path));
      raw.catch(() => {
        raw = undefined;
      });
      return raw;
    },
    present: async () => (await busNames(root)).includes(name),
    kernelDriver: async (address) => {
      const device = `${number}-${address.toString(16).padStart(4, "0")}`;
      return basename(await readlink(`${root}/sys/bus/i2c/devices/${device}/driver`).catch(() => "")) || undefined;
    },
  });
}

/** The methods of a library object, which uses `this`, as plain functions. */
function bound(bus: Awaited<ReturnType<OpenLibraryBus>>) {
  return {
    i2cFuncs: () => bus.i2cFuncs(),
    i2cWrite: bus.i2cWrite.bind(bus),
    i2cRead: bus.i2cRead.bind(bus),
    readI2cBlock: bus.readI2cBlock.bind(bus),
    writeI2cBlock: bus.writeI2cBlock.bind(bus),
    sendByte: bus.sendByte.bind(bus),
    receiveByte: bus.receiveByte.bind(bus),
    writeQuick: bus.writeQuick.bind(bus),
  };
}
