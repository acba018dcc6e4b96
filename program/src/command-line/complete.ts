import type { Argument, CommandSyntax, Grammar, Option } from "./command-syntax.ts";

/** An argument whose value is being typed. */
export interface ArgumentInPlace<Completes extends string = string> {
  readonly completes: Exclude<Completes, "file">;
  readonly command: CommandSyntax<Completes>;
  /** The arguments before it. */
  readonly given: readonly string[];
}

/** Looks up values that the table of commands does not know. */
export type ArgumentValues<Completes extends string = string> = (
  argument: ArgumentInPlace<Completes>,
) => Promise<readonly string[]>;

/**
 * What may stand where the last of `words` is being typed (the words after the program's name). Paths are left to the
 * shell. A candidate that ends in `=` wants its value right behind it.
 */
export async function complete<Completes extends string>(
  words: readonly string[],
  grammar: Pick<Grammar<CommandSyntax<Completes>>, "commands" | "globals">,
  valuesOf: ArgumentValues<Completes>,
): Promise<readonly string[]> {
  const typed = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const candidates = await candidatesFor(before, typed, { grammar, valuesOf });
  return candidates.filter((candidate) => candidate.startsWith(typed));
}

interface Tools<Completes extends string> {
  readonly grammar: Pick<Grammar<CommandSyntax<Completes>>, "commands" | "globals">;
  readonly valuesOf: ArgumentValues<Completes>;
}

async function candidatesFor<Completes extends string>(
  before: readonly string[],
  typed: string,
  tools: Tools<Completes>,
): Promise<readonly string[]> {
  const { commands, globals } = tools.grammar;
  const command = commandOf(before, commands);
  const options = [...(command?.options ?? []), ...globals];
  const expecting = options.find(
    (option) => option.value !== undefined && option.implied === undefined && isFlag(before.at(-1), option),
  );
  if (expecting) return expecting.choices ?? [];
  const inline = options.find(({ name }) => typed.startsWith(`--${name}=`));
  if (inline) return (inline.choices ?? []).map((choice) => `--${inline.name}=${choice}`);
  if (typed.startsWith("-")) return options.map(({ name }) => `--${name}`);

  const positionals = positionalsOf(before, options);
  if (!command) return firstWords(positionals, commands);
  const given = positionals.slice(command.name.split(" ").length);
  const argument = command.arguments[given.length] ?? command.arguments.findLast(({ many }) => many);
  return argument ? await offersFor(argument, given, { command, tools }) : [];
}

const isFlag = (word: string | undefined, { name, short }: Option): boolean =>
  word === `--${name}` || (short !== undefined && word === `-${short}`);

function commandOf<Command extends CommandSyntax>(
  before: readonly string[],
  commands: readonly Command[],
): Command | undefined {
  const line = before.filter((word) => !word.startsWith("-")).join(" ");
  return commands.find(({ name }) => line === name || line.startsWith(`${name} `));
}

function positionalsOf(before: readonly string[], options: readonly Option[]): string[] {
  const takesNext = (word: string | undefined) =>
    options.some((option) => option.value !== undefined && option.implied === undefined && isFlag(word, option));
  return before.filter((word, index) => !word.startsWith("-") && !takesNext(before[index - 1]));
}

function firstWords(positionals: readonly string[], commands: readonly CommandSyntax[]): string[] {
  const [first] = positionals;
  const names = commands.map(({ name }) => name.split(" "));
  if (first === undefined) return [...new Set(names.map(([word = ""]) => word))];
  return names.flatMap(([word, second]) => (word === first && second !== undefined ? [second] : []));
}

async function offersFor<Completes extends string>(
  argument: Argument<Completes>,
  given: readonly string[],
  { command, tools }: { readonly command: CommandSyntax<Completes>; readonly tools: Tools<Completes> },
): Promise<readonly string[]> {
  if (argument.choices) return argument.choices;
  if (command.name === "help") return tools.grammar.commands.map(({ name }) => name);
  const { completes } = argument;
  if (completes === undefined || completes === "file") return [];
  return await tools.valuesOf({ completes: completes as Exclude<Completes, "file">, command, given });
}
