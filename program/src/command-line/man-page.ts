import type { CommandSyntax, Grammar, Option } from "./command-syntax.ts";
import { optionUsage, usageOf } from "./help-text.ts";

/** What a manual page says that the grammar does not know. */
export interface ManPageFacts {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly version: string;
  /** Files and directories that the program uses, and what for. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The manual page of a program in section 1, for man(1): all commands on one page, as man-pages(7) orders it. */
export function manPage(
  { program, about, commands, globals, exitCodes }: Omit<Grammar, "problem">,
  { date, version, files = {} }: ManPageFacts,
): string {
  const name = program.toUpperCase();
  return [
    `.TH ${name} 1 ${date} "${quoted(`${program} ${version}`)}" "User Commands"`,
    ".SH NAME",
    `${text(program)} \\- ${text(about)}`,
    ".SH SYNOPSIS",
    `.B ${text(program)}`,
    ".I COMMAND",
    "[arguments] [options]",
    ".SH COMMANDS",
    ...commands.flatMap((command) => section(command, program)),
    ".SH OPTIONS",
    "Every command takes these.",
    ...globals.flatMap(option),
    ".SH EXIT STATUS",
    ...Object.entries(exitCodes).flatMap(([code, meaning]) => tagged(code, meaning)),
    ...(Object.keys(files).length > 0 ? [".SH FILES"] : []),
    ...Object.entries(files).flatMap(([file, use]) => tagged(file, use)),
    "",
  ].join("\n");
}

function section(command: CommandSyntax, program: string): string[] {
  const { summary, description, options, examples } = command;
  return [
    `.SS "${quoted(usageOf(command, { program }))}"`,
    text(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`),
    ...(description ? [text(description)] : []),
    ...command.arguments.flatMap(({ name, description: about, choices }) =>
      tagged(name, choices ? `${about}: ${choices.join(", ")}` : about),
    ),
    ...options.flatMap(option),
    ".PP",
    ".EX",
    ...examples.map(text),
    ".EE",
  ];
}

const option = (one: Option): string[] => tagged(optionUsage(one), one.description);

const tagged = (tag: string, about: string): string[] => [".TP", `.B ${text(tag)}`, text(about)];

/** Text as roff takes it for itself: no escapes, no requests, hyphens that can be copied into a shell. */
const text = (plain: string): string =>
  plain
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("~", "\\(ti")
    .replace(/^([.'])/, "\\&$1");

/** As an argument in double quotes: groff_man(7) doubles those inside. */
const quoted = (plain: string): string => text(plain).replaceAll('"', '""');
