import type { CommandSyntax, Grammar, Option } from "./command-syntax.ts";
import { optionUsage, usageOf } from "./help-text.ts";

/** The section of a command in the reference in `docs/`, as lines of Markdown. */
export function commandSection(command: CommandSyntax, grammar: Pick<Grammar, "program">): string[] {
  const { name, summary, description, examples, options } = command;
  const takes = command.arguments.map(
    ({ name: argument, description: about, choices }) =>
      `| \`${argument}\` | ${about}${choices ? `: ${choices.map((choice) => `\`${choice}\``).join(", ")}` : ""} |`,
  );
  return [
    `## ${name}`,
    "",
    "```",
    usageOf(command, grammar),
    "```",
    "",
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.${description ? ` ${description}` : ""}`,
    "",
    ...(takes.length > 0 ? ["| argument | |", "|---|---|", ...takes, ""] : []),
    ...(options.length > 0 ? optionTable(options) : []),
    "```sh",
    ...examples,
    "```",
    "",
  ];
}

/** Options as a table of Markdown. */
export const optionTable = (options: readonly Option[]): string[] => [
  "| option | |",
  "|---|---|",
  ...options.map((option) => `| \`${optionUsage(option)}\` | ${option.description.replaceAll("|", "\\|")} |`),
  "",
];
