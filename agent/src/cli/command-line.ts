import { parseArgs } from "node:util";
import { didYouMean } from "@edgetwin/mapper-sdk";
import type { Argument, Command, Grammar, Option } from "./command.ts";
import { usageError } from "./usage-error.ts";

/** A command line, understood. */
export interface CommandLine {
  readonly command: Command;
  readonly positionals: readonly string[];
  readonly options: ReadonlyMap<string, string>;
}

/**
 * Understands the words after `edgetwin`. No words mean `help`.
 *
 * @throws AgentError `REQUEST_INVALID` naming the wrong word, the nearest right one and the command to try next.
 */
export function parseCommandLine(words: readonly string[], grammar: Grammar): CommandLine {
  const { command, rest } = findCommand(words, grammar);
  const options = [...command.options, ...grammar.globals];
  const parsed = parseOptions(rest, options, command);
  if (!parsed.options.has("help")) checkArguments(parsed.positionals, command);
  return { command, ...parsed };
}

function findCommand(words: readonly string[], { commands, globals }: Grammar): { command: Command; rest: string[] } {
  const at = firstPositional(words, globals);
  const first = words[at];
  if (first === undefined) {
    const help = commands.find(({ name }) => name === "help") as Command;
    return { command: help, rest: words.filter((word) => word !== "--help" && word !== "-h") };
  }
  const second = words[at + 1];
  const twoWords = commands.find(({ name }) => name === `${first} ${second}`);
  const oneWord = commands.find(({ name }) => name === first);
  const command = twoWords ?? oneWord;
  if (command) return { command, rest: words.filter((_, index) => index !== at && !(twoWords && index === at + 1)) };

  const family = commands
    .filter(({ name }) => name.startsWith(`${first} `))
    .map(({ name }) => name.split(" ")[1] ?? "");
  if (family.length > 0) {
    const hint = second === undefined ? "" : didYouMean(second, family);
    throw usageError(`"${first}" needs one of: ${family.join(", ")}${hint}`, `edgetwin ${first} ${family[0]}`);
  }
  const names = commands.map(({ name }) => name);
  throw usageError(`there is no command "${first}"${didYouMean(first, names)}`, "edgetwin help");
}

/** Index of the first word that is neither a global option nor its value. */
function firstPositional(words: readonly string[], globals: readonly Option[]): number {
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string;
    if (!word.startsWith("-") || word === "-") return index;
    const option = globals.find(({ name, short }) => word === `--${name}` || word === `-${short}`);
    if (option?.value !== undefined) index += 1;
  }
  return words.length;
}

function parseOptions(words: readonly string[], options: readonly Option[], command: Command) {
  const helpCommand = `edgetwin help ${command.name}`;
  const { tokens } = parseArgs({
    args: words.map((word) => withImplied(word, options)),
    options: Object.fromEntries(
      options.map(({ name, short, value }) => [
        name,
        { type: value === undefined ? ("boolean" as const) : ("string" as const), ...(short && { short }) },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const positionals: string[] = [];
  const given = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const option = options.find(({ name }) => name === token.name);
    if (!option) throw unknownOption(token.rawName, options, command);
    const wanted = option.value;
    if (wanted === undefined && token.value !== undefined) {
      throw usageError(`${token.rawName} takes no value, got "${token.value}"`, helpCommand);
    }
    // `--name --other` reads "--other" as the value; nobody means that.
    if (wanted !== undefined && (token.value === undefined || (!token.inlineValue && token.value.startsWith("--")))) {
      throw usageError(`${token.rawName} needs a value: ${token.rawName} ${wanted}`, helpCommand);
    }
    const value = checkChoice(token.value ?? "", option, { what: token.rawName, command });
    const before = option.repeats ? given.get(option.name) : undefined;
    given.set(option.name, before === undefined ? value : `${before},${value}`);
  }
  return { positionals, options: given };
}

function withImplied(word: string, options: readonly Option[]): string {
  const option = options.find(({ name, implied }) => implied !== undefined && word === `--${name}`);
  return option ? `${word}=${option.implied}` : word;
}

function unknownOption(rawName: string, options: readonly Option[], { name }: Command) {
  const known = options.map((option) => `--${option.name}`);
  const hint = rawName.startsWith("--") ? didYouMean(rawName, known) : "";
  return usageError(`"edgetwin ${name}" has no option ${rawName}${hint}`, `edgetwin help ${name}`);
}

function checkArguments(positionals: readonly string[], command: Command): void {
  const next = `edgetwin help ${command.name}`;
  command.arguments.forEach((argument, index) => {
    const value = positionals[index];
    if (value === undefined) {
      if (argument.optional) return;
      throw usageError(`${argument.name} is missing: ${usageOf(command)}`, next);
    }
    checkChoice(value, argument, { what: argument.name, command });
  });
  const takesMany = command.arguments.some(({ many }) => many);
  const extra = positionals[command.arguments.length];
  if (extra !== undefined && !takesMany) throw usageError(`"${extra}" is one word too many: ${usageOf(command)}`, next);
}

function checkChoice(
  value: string,
  { choices }: Pick<Argument, "choices">,
  { what, command }: { readonly what: string; readonly command: Command },
): string {
  if (!choices || choices.includes(value)) return value;
  const hint = didYouMean(value, choices);
  throw usageError(
    `${what} must be one of ${choices.join(", ")}, got "${value}"${hint}`,
    `edgetwin help ${command.name}`,
  );
}

/** The command as help shows it: `edgetwin set DEVICE PROPERTY=VALUE... [options]`. */
export function usageOf(command: Command): string {
  const words = command.arguments.map(({ name, optional, many, choices }) => {
    const shown = (choices ? choices.join("|") : name) + (many ? "..." : "");
    return optional ? `[${shown}]` : shown;
  });
  return ["edgetwin", command.name, ...words, ...(command.options.length > 0 ? ["[options]"] : [])].join(" ");
}
