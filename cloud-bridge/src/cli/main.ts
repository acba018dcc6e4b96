import { systemClock } from "@edgetwin/mapper-sdk";
import { createOutput } from "@edgetwin/program/command-line";
import { runCommand } from "./run-command.ts";

/** What comes sooner than this after the first signal is the same wish again: a terminal and npm both pass Ctrl-C on. */
const sameWishMs = 1_000;

const stopping = new AbortController();
let stoppedAt = 0;
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.on(name, () => {
    if (stopping.signal.aborted && systemClock.monotonic() - stoppedAt > sameWishMs) process.exit(130);
    if (stopping.signal.aborted) return;
    stoppedAt = systemClock.monotonic();
    stopping.abort(new Error(`stopped by ${name}`));
  });
}
// `edgetwin-bridge nodes | head`: a reader that has had enough ends the command.
process.stdout.on("error", () => stopping.abort(new Error("nobody reads the output")));

process.exitCode = await runCommand(process.argv.slice(2), {
  env: process.env,
  clock: systemClock,
  output: createOutput(process, process.env),
  signal: stopping.signal,
});
