export { type Colour, createOutput, type Output, type OutputStreams } from "../output/output.ts";
export { printStructured } from "../output/structured.ts";
export { table } from "../output/table.ts";
export type { Argument, CommandSyntax, Grammar, Option } from "./command-syntax.ts";
export { type ArgumentInPlace, type ArgumentValues, complete } from "./complete.ts";
export { completionScripts } from "./completion-scripts.ts";
export { commandHelp, helpText, optionUsage, usageOf } from "./help-text.ts";
export { type CommandLine, parseCommandLine } from "./parse-command-line.ts";
export { commandSection, optionTable } from "./reference.ts";
