import { parseArgs } from "node:util";
import { didYouMean } from "@edgetwin/mapper-sdk";
import type { Argument, CommandSyntax, Grammar, Option } from "./command-syntax.ts";
import { usageOf } from "./help-text.ts";

/** A command line, understood. */
export interface CommandLine<Command extends CommandSyntax = CommandSyntax> {
  readonly command: Command;
  readonly positionals: readonly string[];
  readonly options: ReadonlyMap<string, string>;
}

/** Finds mistakes in words and says what would be right. */
interface Reader<Command extends CommandSyntax> {
  readonly grammar: Grammar<Command>;
  /** The error for a mistake; `next` is what to type after the program's name. */
  problem(message: string, next: string): Error;
}

/**
 * Understands the words after the program's name. No words mean `help`.
 *
 * @throws the grammar's `problem`, naming the wrong word, the nearest right one and the command to try next.
 */
export function parseCommandLine<Command extends CommandSyntax>(
  words: readonly string[],
  grammar: Grammar<Command>,
): CommandLine<Command> {
  const reader: Reader<Command> = {
    grammar,
    problem: (message, next) => grammar.problem(`${message}\ntry: ${grammar.program} ${next}`),
  };
  const { command, rest } = findCommand(words, reader);
  const options = [...command.options, ...grammar.globals];
  const parsed = parseOptions(rest, options, { command, reader });
  if (!parsed.options.has("help")) checkArguments(parsed.positionals, { command, reader });
  return { command, ...parsed };
}

function findCommand<Command extends CommandSyntax>(
  words: readonly string[],
  { grammar: { commands, globals }, problem }: Reader<Command>,
): { command: Command; rest: string[] } {
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
    throw problem(`"${first}" needs one of: ${family.join(", ")}${hint}`, `${first} ${family[0]}`);
  }
  const names = commands.map(({ name }) => name);
  throw problem(`there is no command "${first}"${didYouMean(first, names)}`, "help");
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

/** Where a mistake is. */
interface Place {
  readonly command: CommandSyntax;
  readonly reader: Pick<Reader<CommandSyntax>, "problem"> & { readonly grammar: { readonly program: string } };
}

function parseOptions(words: readonly string[], options: readonly Option[], place: Place) {
  const { command, reader } = place;
  const helpCommand = `help ${command.name}`;
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
    if (!option) throw unknownOption(token.rawName, options, place);
    const wanted = option.value;
    if (wanted === undefined && token.value !== undefined) {
      throw reader.problem(`${token.rawName} takes no value, got "${token.value}"`, helpCommand);
    }
    // `--name --other` reads "--other" as the value; nobody means that.
    if (wanted !== undefined && (token.value === undefined || (!token.inlineValue && token.value.startsWith("--")))) {
      throw reader.problem(`${token.rawName} needs a value: ${token.rawName} ${wanted}`, helpCommand);
    }
    const value = checkChoice(token.value ?? "", option, { what: token.rawName, place });
    const before = option.repeats ? given.get(option.name) : undefined;
    given.set(option.name, before === undefined ? value : `${before}${option.repeats}${value}`);
  }
  return { positionals, options: given };
}

function withImplied(word: string, options: readonly Option[]): string {
  const option = options.find(({ name, implied }) => implied !== undefined && word === `--${name}`);
  return option ? `${word}=${option.implied}` : word;
}

function unknownOption(rawName: string, options: readonly Option[], { command: { name }, reader }: Place): Error {
  const known = options.map((option) => `--${option.name}`);
  const hint = rawName.startsWith("--") ? didYouMean(rawName, known) : "";
  return reader.problem(`"${reader.grammar.program} ${name}" has no option ${rawName}${hint}`, `help ${name}`);
}

function checkArguments(positionals: readonly string[], place: Place): void {
  const { command, reader } = place;
  const next = `help ${command.name}`;
  const usage = usageOf(command, reader.grammar);
  command.arguments.forEach((argument, index) => {
    const value = positionals[index];
    if (value === undefined) {
      if (argument.optional) return;
      throw reader.problem(`${argument.name} is missing: ${usage}`, next);
    }
    checkChoice(value, argument, { what: argument.name, place });
  });
  const takesMany = command.arguments.some(({ many }) => many);
  const extra = positionals[command.arguments.length];
  if (extra !== undefined && !takesMany) throw reader.problem(`"${extra}" is one word too many: ${usage}`, next);
}

function checkChoice(
  value: string,
  { choices }: Pick<Argument, "choices">,
  { what, place: { command, reader } }: { readonly what: string; readonly place: Place },
): string {
  if (!choices || choices.includes(value)) return value;
  const hint = didYouMean(value, choices);
  throw reader.problem(`${what} must be one of ${choices.join(", ")}, got "${value}"${hint}`, `help ${command.name}`);
}
