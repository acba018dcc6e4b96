import type { Argument, Command, Grammar, Option } from "../command.ts";

/** Looks up names that only the agent knows; empty when none answers. */
export type Lookup = (
  what: "device" | "model" | "property" | "method" | "input" | "protocol" | "option",
  device: string | undefined,
  method?: string,
) => Promise<readonly string[]>;

/**
 * What may stand where the last of `words` is being typed (the words after `edgetwin`). Paths are left to the shell.
 * A candidate that ends in `=` wants its value right behind it.
 */
export async function complete(words: readonly string[], grammar: Grammar, lookup: Lookup): Promise<readonly string[]> {
  const typed = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const candidates = await candidatesFor(before, typed, { grammar, lookup });
  return candidates.filter((candidate) => candidate.startsWith(typed));
}

interface Tools {
  readonly grammar: Grammar;
  readonly lookup: Lookup;
}

async function candidatesFor(before: readonly string[], typed: string, tools: Tools): Promise<readonly string[]> {
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
  return argument ? await valuesOf(argument, given, { command, tools }) : [];
}

const isFlag = (word: string | undefined, { name, short }: Option): boolean =>
  word === `--${name}` || (short !== undefined && word === `-${short}`);

function commandOf(before: readonly string[], commands: readonly Command[]): Command | undefined {
  const line = before.filter((word) => !word.startsWith("-")).join(" ");
  return commands.find(({ name }) => line === name || line.startsWith(`${name} `));
}

function positionalsOf(before: readonly string[], options: readonly Option[]): string[] {
  const takesNext = (word: string | undefined) =>
    options.some((option) => option.value !== undefined && option.implied === undefined && isFlag(word, option));
  return before.filter((word, index) => !word.startsWith("-") && !takesNext(before[index - 1]));
}

function firstWords(positionals: readonly string[], commands: readonly Command[]): string[] {
  const [first] = positionals;
  const names = commands.map(({ name }) => name.split(" "));
  if (first === undefined) return [...new Set(names.map(([word = ""]) => word))];
  return names.flatMap(([word, second]) => (word === first && second !== undefined ? [second] : []));
}

async function valuesOf(
  argument: Argument,
  given: readonly string[],
  { command, tools }: { readonly command: Command; readonly tools: Tools },
): Promise<readonly string[]> {
  if (argument.choices) return argument.choices;
  if (command.name === "help") return tools.grammar.commands.map(({ name }) => name);
  const { completes } = argument;
  if (completes === undefined || completes === "file") return [];
  if (completes === "method") return await tools.lookup("method", given[0]);
  if (completes === "protocol") return await tools.lookup("protocol", undefined);
  if (completes === "option") return (await tools.lookup("option", given[0])).map((name) => `${name}=`);
  if (completes === "input") return (await tools.lookup("input", given[0], given[1])).map((name) => `${name}=`);
  if (completes !== "property")
    return await tools.lookup(given[0]?.startsWith("model") ? "model" : completes, undefined);
  const properties = await tools.lookup("property", given[0]);
  return command.name === "set" ? properties.map((name) => `${name}=`) : properties;
}
