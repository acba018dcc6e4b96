import type { Command, Grammar, Option } from "./command.ts";
import { usageOf } from "./command-line.ts";
import { exitCodeMeanings } from "./exit-codes.ts";

/** Everything `edgetwin help` says. */
export function helpText({ commands, globals }: Grammar): string {
  return [
    "edgetwin: twins of devices on this edge machine",
    "",
    "Usage: edgetwin COMMAND [arguments] [options]",
    "",
    "Commands:",
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    "",
    "Options of every command:",
    ...columns(globals.map(optionRow)),
    "",
    "Exit codes:",
    ...columns(Object.entries(exitCodeMeanings)),
    "",
    'More: "edgetwin help COMMAND"',
  ].join("\n");
}

/** What `edgetwin help COMMAND` says. */
export function commandHelp(command: Command, { globals }: Grammar): string {
  const { summary, description, examples, options } = command;
  const takes = command.arguments.map(({ name, choices, description: about }): [string, string] => [
    name,
    choices ? `${about}: ${choices.join(", ")}` : about,
  ]);
  return [
    `Usage: ${usageOf(command)}`,
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
