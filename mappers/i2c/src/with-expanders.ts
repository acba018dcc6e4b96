import { type Board, type Clock, didYouMean, type Gpio, HalError, MapperError } from "@edgetwin/mapper-sdk";
import { mcp23017Lines } from "./chips/mcp23017.ts";
import { type Expander, ExpanderChip } from "./expander-chip.ts";

/**
 * `board`, whose GPIO also has the lines of `expanders`: `board.gpio.output("MCP0:A3")`, so that `mappers/gpio` drives them
 * like any other line. The chip is opened with its first line and let go of with its last one. Owns `board`.
 *
 * Lines of an expander have no drive but push-pull and no pull but up; edges are polled.
 * @throws MapperError `CONFIG_INVALID` when two expanders share a name, on `board` too, or a name has a colon.
 */
export function withExpanders(
  board: Board,
  expanders: readonly Expander[],
  { clock }: { readonly clock: Clock },
): Board {
  const chips = new Map<string, ExpanderChip>();
  const taken = new Set(expandersOf.get(board));
  for (const expander of expanders) {
    const key = expander.name.toUpperCase();
    if (key.includes(":") || key.trim() === "")
      throw invalid(`an expander cannot be named ${JSON.stringify(expander.name)}; use a name like "MCP0"`);
    if (taken.has(key)) throw invalid(`two expanders are named ${expander.name}; give one of them another name`);
    taken.add(key);
    chips.set(key, new ExpanderChip(board, expander, clock));
  }
  const find = (pin: string | number) => {
    const [, name = "", line = ""] = /^\s*([^:]+):\s*(\S+)\s*$/.exec(String(pin)) ?? [];
    const chip = chips.get(name.trim().toUpperCase());
    if (!chip) return undefined;
    const canonical = line.toUpperCase().replace(/^GP/, "");
    if (mcp23017Lines.includes(canonical)) return { chip, line: canonical };
    throw new HalError(
      "unknown",
      `${chip.name} has no line ${JSON.stringify(line)}${didYouMean(line, mcp23017Lines) || "; it has A0 to A7 and B0 to B7"}`,
    );
  };
  const gpio: Gpio = {
    ...board.gpio,
    lineName(pin) {
      const found = find(pin);
      return found ? `${found.chip.name}:${found.line}` : board.gpio.lineName(pin);
    },
    async output(pin, options = {}) {
      const found = find(pin);
      return found ? await found.chip.output(found.line, options) : await board.gpio.output(pin, options);
    },
    async input(pin, options = {}) {
      const found = find(pin);
      return found ? await found.chip.input(found.line, options) : await board.gpio.input(pin, options);
    },
    async lines() {
      return [...((await board.gpio.lines?.()) ?? []), ...[...chips.values()].flatMap((chip) => chip.lines())];
    },
  };
  const extended: Board = {
    name: board.name,
    gpio,
    pwm: board.pwm,
    i2c: board.i2c,
    serial: board.serial,
    [Symbol.asyncDispose]: () => board[Symbol.asyncDispose](),
  };
  expandersOf.set(extended, taken);
  return extended;
}

/** Names of the expanders that a board has already. */
const expandersOf = new WeakMap<Board, ReadonlySet<string>>();

const invalid = (message: string) => new MapperError("CONFIG_INVALID", message);
