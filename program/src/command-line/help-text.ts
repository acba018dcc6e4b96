import type { CommandSyntax, Grammar, Option } from "./command-syntax.ts";

/** Everything that `help` says. */
export function helpText({ program, about, commands, globals, exitCodes }: Grammar): string {
  return [
    `${program}: ${about}`,
    "",
    `Usage: ${program} COMMAND [arguments] [options]`,
    "",
    "Commands:",
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    "",
    "Options of every command:",
    ...columns(globals.map(optionRow)),
    "",
    "Exit codes:",
    ...columns(Object.entries(exitCodes)),
    "",
    `More: "${program} help COMMAND"`,
  ].join("\n");
}

/** What `help COMMAND` says. */
export function commandHelp(
  command: CommandSyntax,
  { program, globals }: Pick<Grammar, "program" | "globals">,
): string {
  const { summary, description, examples, options } = command;
  const takes = command.arguments.map(({ name, choices, description: about }): [string, string] => [
    name,
    choices ? `${about}: ${choices.join(", ")}` : about,
  ]);
  return [
    `Usage: ${usageOf(command, { program })}`,
    "",
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.${description ? ` ${description}` : ""}`,
    ...section("Arguments", takes),
    ...section("Options", options.map(optionRow)),
    ...section(
      "Options of every command",
      globals.filter(({ name }) => !options.some((own) => own.name === name)).map(optionRow),
    ),
    "",
    "Examples:",
    ...examples.map((example) => `  ${example}`),
  ].join("\n");
}

/** The command as help shows it: `edgetwin set DEVICE PROPERTY=VALUE... [options]`. */
export function usageOf(command: CommandSyntax, { program }: Pick<Grammar, "program">): string {
  const words = command.arguments.map(({ name, optional, many, choices }) => {
    const shown = (choices ? choices.join("|") : name) + (many ? "..." : "");
    return optional ? `[${shown}]` : shown;
  });
  return [program, command.name, ...words, ...(command.options.length > 0 ? ["[options]"] : [])].join(" ");
}

/** An option as help shows it: `-o, --output FORMAT`. */
export function optionUsage({ name, short, value, implied, repeats }: Option): string {
  const takes = value === undefined ? "" : implied === undefined ? ` ${value}` : `[=${value}]`;
  return `${short ? `-${short}, ` : ""}--${name}${takes}${repeats ? "..." : ""}`;
}

const optionRow = (option: Option): [string, string] => [optionUsage(option), option.description];

function section(title: string, rows: readonly (readonly [string, string])[]): string[] {
  return rows.length === 0 ? [] : ["", `${title}:`, ...columns(rows)];
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
