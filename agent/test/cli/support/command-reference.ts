import { commandSection, optionTable } from "@edgetwin/program/command-line";
import { exitCodeMeanings, exitCodes } from "../../../src/cli/exit-codes.ts";
import { grammar } from "../../../src/cli/grammar.ts";

/** docs/reference/command.md as the table of commands says it must be. */
export function commandReference(): string {
  const codes = exitCodes();
  const exitRows = Object.entries(exitCodeMeanings).map(([code, meaning]) => {
    const names = (codes.get(Number(code)) ?? []).map((name) => `\`${name}\``).join(", ");
    return `| ${code} | ${meaning} | ${names} |`;
  });
  return [
    "# The `edgetwin` command",
    "",
    "It talks to the agent on its Unix socket: `--socket`, else `$EDGETWIN_SOCKET`, else `edgetwin.sock` in",
    "`$EDGETWIN_STATE_DIR`, else the first that exists of `/run/edgetwin/edgetwin.sock`,",
    "`/var/lib/edgetwin/edgetwin.sock` and the one in the user's state directory (`$XDG_STATE_HOME/edgetwin`, by default",
    "`~/.local/state/edgetwin`). With `--server` it uses TCP and a token: `--token`, else `$EDGETWIN_TOKEN`, else the",
    "file `token` in the state directory.",
    "",
    "Results go to standard output, everything else to standard error. Colours appear on a terminal only, and not with",
    "`NO_COLOR`. Names of devices and models are `NAME`, in the namespace that `-n` names, or `NAMESPACE/NAME`.",
    "",
    "This page is made from the table of commands; a test compares the two.",
    "",
    ...grammar.commands.flatMap((command) => commandSection(command, grammar)),
    "## Options of every command",
    "",
    ...optionTable(grammar.globals),
    "## Exit codes",
    "",
    "| code | meaning | errors ([reference](errors.md)) |",
    "|---|---|---|",
    ...exitRows,
    "",
  ].join("\n");
}
