import { createRequire } from "node:module";
import { MapperError } from "@edgetwin/mapper-sdk";
import type { HciSocket } from "../hci/hci-socket.ts";
import type { Noble } from "./noble.ts";

/** The libraries that can do the host's part. The first is the default; an ADR says why. */
export const nobleLibraries = ["stoprocent", "abandonware"] as const;

/** One of `nobleLibraries`. */
export type NobleLibrary = (typeof nobleLibraries)[number];

/** An instance of a library that runs, and how it is ended. */
export interface RunningNoble {
  readonly noble: Noble;
  stop(): void;
}

type Start = () => RunningNoble;

/** The socket that the next instance of a library takes. A library makes it itself, without a way to hand one in. */
let nextSocket: HciSocket | undefined;

/** What a library gets when it asks for its module of HCI sockets. */
function socketModule(): object {
  // A constructor that returns an object makes that object.
  function TakenSocket(): HciSocket {
    if (!nextSocket) throw new TypeError("a library made an HCI socket that nobody asked for");
    return nextSocket;
  }
  return Object.assign(TakenSocket, { loadDriver: () => TakenSocket });
}

const loaded = new Map<NobleLibrary, Start>();

/**
 * A new instance of a library, unchanged, on `socket`.
 * @throws MapperError `CONFIG_INVALID` when the library is not installed.
 */
export function startNoble(library: NobleLibrary, socket: HciSocket): RunningNoble {
  const start = loaded.get(library) ?? load(library);
  loaded.set(library, start);
  const signals = ["SIGINT", "exit"] as const;
  const before = signals.map((name) => new Set(process.listeners(name as "exit")));
  nextSocket = socket;
  try {
    const running = start();
    // Asking for the state makes the library begin, in this turn.
    void running.noble.state;
    return running;
  } finally {
    nextSocket = undefined;
    // It would end the process on SIGINT, and talk to the controller while the process ends; both are the agent's.
    for (const [index, name] of signals.entries())
      for (const listener of process.listeners(name as "exit"))
        if (!before[index]?.has(listener)) process.removeListener(name, listener);
  }
}

function load(library: NobleLibrary): Start {
  const require = createRequire(import.meta.url);
  const name = `@${library}/noble`;
  let from: NodeJS.Require;
  try {
    from = createRequire(
      library === "stoprocent" ? require.resolve("@stoprocent/noble") : require.resolve("@abandonware/noble"),
    );
  } catch (cause) {
    const message = `connection.library: ${name} is not installed; run "npm install ${name}" beside the agent`;
    throw new MapperError("CONFIG_INVALID", message, { cause });
  }
  const sockets = `@${library}/bluetooth-hci-socket`;
  // In its place while the library loads, and never later: adapters of the kernel are opened with the real one.
  const at = resolved(from, sockets);
  const real = from.cache[at];
  from.cache[at] = { id: at, filename: at, loaded: true, exports: socketModule() } as NodeJS.Module;
  try {
    from("./lib/hci-socket/hci.js"); // which takes its module of sockets now, and keeps it
    return library === "stoprocent" ? startOfStoprocent(from) : startOfAbandonware(from);
  } finally {
    if (real) from.cache[at] = real;
    else delete from.cache[at];
  }
}

function resolved(from: NodeJS.Require, name: string): string {
  try {
    return from.resolve(name);
  } catch (cause) {
    throw new MapperError("CONFIG_INVALID", `connection.library: ${name} is not installed`, { cause });
  }
}

function startOfStoprocent(from: NodeJS.Require): Start {
  const withBindings = from("./lib/resolve-bindings.js") as (kind: string, options: object) => Noble;
  return () => {
    // With the user channel it polls nothing; legacy commands are those that every controller has.
    const noble = withBindings("hci", { userChannel: true, extended: false });
    return { noble, stop: () => noble.stop?.() };
  };
}

function startOfAbandonware(from: NodeJS.Require): Start {
  const Bindings = from("./lib/hci-socket/bindings.js") as new (options: object) => { _hci: { pollIsDevUp(): void } };
  const LibraryNoble = from("./lib/noble.js") as new (bindings: object) => Noble;
  return () => {
    const bindings = new Bindings({ extended: false });
    const noble = new LibraryNoble(bindings);
    // It has no end: it asks its socket once a second for ever, unless what it calls does not ask again.
    const stop = () => {
      bindings._hci.pollIsDevUp = () => undefined;
    };
    return { noble, stop };
  };
}
