import { commandSection, optionTable } from "@edgetwin/program/command-line";
import { exitCodeMeanings } from "../../src/cli/exit-codes.ts";
import { grammar } from "../../src/cli/grammar.ts";

/** docs/reference/bridge-command.md as the table of commands says it must be. */
export const bridgeReference = (): string =>
  [
    "# The `edgetwin-bridge` command",
    "",
    "The cloud side: `run` is the bridge itself, the others talk to the Kubernetes API that it works on. Without `--kubeconfig` or",
    "`--in-cluster` that is the bridge's own, found through its state directory: `--state`, else `$EDGETWIN_BRIDGE_STATE_DIR`,",
    "else `/var/lib/edgetwin-bridge` when it can be written, else `edgetwin-bridge` in the user's state directory",
    "(`$XDG_STATE_HOME`, by default `~/.local/state`). What options do not say, the [configuration](bridge-configuration.md) does.",
    "",
    "Results go to standard output, everything else to standard error; the log of `run` too, as text on a terminal and as JSON",
    "lines elsewhere.",
    "",
    "This page is made from the table of commands; a test compares the two.",
    "",
    ...grammar.commands.flatMap((command) => commandSection(command, grammar)),
    "## Options of every command",
    "",
    ...optionTable(grammar.globals),
    "## Exit codes",
    "",
    "| code | meaning |",
    "|---|---|",
    ...Object.entries(exitCodeMeanings).map(([code, meaning]) => `| ${code} | ${meaning} |`),
    "",
  ].join("\n");
