import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Clock } from "../../clock.ts";
import { MapperError } from "../../errors.ts";
import { type Board, type BoardPackage, HalError } from "../../hal.ts";
import type { Log } from "../../log.ts";

/** Which board, and the world it is opened in. */
export interface BoardChoice {
  /** A package, or `sim`; without it a board that has nothing, for mappers that bring their own way to the device. */
  readonly board: string | BoardPackage | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Opens the board of a mapper process. Rejects with `CONFIG_INVALID` when the package is none or does not load. */
export async function openBoard({ board, clock, log }: BoardChoice): Promise<Board> {
  if (board === undefined) return nothing();
  if (board === "sim") {
    const { SimBoard } = await import("../../testing/simulation.ts");
    return new SimBoard({ clock });
  }
  const found = typeof board === "string" ? await loaded(board) : board;
  return await found.open({ clock, log });
}

/** From where the process was started, as the author's own imports would find it. */
async function loaded(name: string): Promise<BoardPackage> {
  try {
    const path = createRequire(join(process.cwd(), "package.json")).resolve(name);
    const { board } = (await import(pathToFileURL(path).href)) as { readonly board?: BoardPackage };
    if (board?.kind === "board") return board;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new MapperError("CONFIG_INVALID", `the board ${name} does not load: ${why}`, { cause });
  }
  throw new MapperError("CONFIG_INVALID", `${name} is no board: it has no export named board`);
}

/** A board that has nothing and says how to get one. */
function nothing(): Board {
  const refuse = (what: string) => () => {
    throw new HalError("unsupported", `this process has no board for ${what}; start it with --board PACKAGE`);
  };
  const every = (what: string) => new Proxy({}, { get: () => refuse(what) }) as never;
  return {
    name: "no board",
    gpio: every("GPIO"),
    pwm: every("PWM"),
    i2c: every("I2C"),
    serial: every("serial ports"),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
