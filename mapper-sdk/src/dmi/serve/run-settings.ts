import { parseArgs } from "node:util";
import { didYouMean } from "../../did-you-mean.ts";
import { MapperError } from "../../errors.ts";
import { type LogLevel, logLevels } from "./line-log.ts";

/** How a mapper process is run, as its command line and environment say. */
export interface RunSettings {
  readonly socket: string | undefined;
  readonly manager: string | undefined;
  readonly name: string | undefined;
  /** A package, or `sim` for a board made of memory. */
  readonly board: string | undefined;
  readonly log: LogLevel;
}

const names = ["socket", "manager", "name", "board", "log"] as const;

/**
 * Reads `--socket`, `--manager`, `--name`, `--board` and `--log`, and `EDGETWIN_SOCKET` and so on where an option is
 * missing. @throws MapperError `CONFIG_INVALID` naming the option and the fix.
 */
export function runSettings(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): RunSettings {
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  const { values, tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === "option" && !isName(token.name)) refuse(token.rawName, didYouMean(token.name, names));
    if (token.kind === "positional") refuse(token.value, "");
  }
  const setting = (name: (typeof names)[number]) => {
    const given = values[name] ?? env[`EDGETWIN_${name.toUpperCase()}`];
    if (given === true || given === "") throw new MapperError("CONFIG_INVALID", `--${name} needs a value`);
    return typeof given === "string" ? given : undefined;
  };
  const log = setting("log") ?? "info";
  if (!isLevel(log)) {
    const hint = didYouMean(log, logLevels);
    throw new MapperError("CONFIG_INVALID", `--log is one of ${logLevels.join(", ")}, got ${log}${hint}`);
  }
  return {
    socket: setting("socket"),
    manager: setting("manager"),
    name: setting("name"),
    board: setting("board"),
    log,
  };
}

const isName = (name: string): boolean => (names as readonly string[]).includes(name);
const isLevel = (level: string): level is LogLevel => (logLevels as readonly string[]).includes(level);

function refuse(what: string, hint: string): never {
  const known = names.map((name) => `--${name} VALUE`).join(", ");
  throw new MapperError("CONFIG_INVALID", `${what} is no option of a mapper process${hint || `; there are ${known}`}`);
}
