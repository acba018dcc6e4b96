import type { Clock, Log } from "@edgetwin/mapper-sdk";
import { createLog } from "@edgetwin/program";
import type { BridgeConfig } from "../config/config.ts";
import type { Invocation } from "./command.ts";

/** The log of a program that runs in the foreground: to standard error, as the configuration wants it. */
export function processLog(
  { log: { level, format: wanted } }: Pick<BridgeConfig, "log">,
  { env, clock }: { readonly env: Invocation["env"]; readonly clock: Clock },
): Log {
  // systemd sets JOURNAL_STREAM when the lines go to the journal, which stamps them itself.
  const journald = env.JOURNAL_STREAM !== undefined;
  const format = wanted === "auto" ? (process.stderr.isTTY || journald ? "text" : "json") : wanted;
  return createLog({ level, format, clock, journald, write: (line) => void process.stderr.write(line) });
}

/** Resolves when the program is told to stop. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
