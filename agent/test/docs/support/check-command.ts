import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseCommandLine } from "@edgetwin/program/command-line";
import { grammar } from "../../../src/cli/grammar.ts";
import { workspace } from "./blocks.ts";

/** Programs of others; what they are told is theirs. */
const others = new Set([
  "cd",
  "curl",
  // Its own tests read every line of it.
  "edgetwin-bridge",
  "export",
  "keadm",
  "kubectl",
  "mosquitto_pub",
  "mosquitto_sub",
  "node",
  "source",
  "sudo",
]);

const { scripts } = JSON.parse(readFileSync(join(workspace, "package.json"), "utf8")) as {
  scripts: Readonly<Record<string, string>>;
};

/** Throws when a command of ours does not exist, or not with these options, or when nobody knows the program. */
export function checkCommand(words: readonly string[]): void {
  const [program = "", ...rest] = words;
  if (program === "npx") return checkCommand(rest);
  if (program === "npm") return checkNpm(rest);
  if (program === "edgetwin") return void parseCommandLine(rest, grammar);
  if (!others.has(program)) throw new Error(`no test knows the program "${program}"`);
}

function checkNpm([subcommand = "", name = "", ...rest]: readonly string[]): void {
  if (subcommand === "install") return;
  if (subcommand === "create") {
    if (name !== "edgetwin-mapper@latest") throw new Error(`npm create makes edgetwin-mapper@latest, not ${name}`);
    // `edgetwin mapper new` takes what `npm create` takes behind `--`.
    const at = rest.indexOf("--");
    const own = at < 0 ? rest : rest.slice(0, at);
    const option = own.find((word) => word.startsWith("-"));
    if (option) throw new Error(`npm takes ${option} for itself; put -- before it`);
    return void parseCommandLine(["mapper", "new", ...own, ...(at < 0 ? [] : rest.slice(at + 1))], grammar);
  }
  const script = subcommand === "run" ? name : subcommand;
  if (scripts[script] === undefined) throw new Error(`package.json has no script "${script}"`);
}
