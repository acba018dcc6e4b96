import { systemClock } from "@edgetwin/mapper-sdk";
import { createLog } from "@edgetwin/program";
import type { ChildSettings } from "./child-settings.ts";
import { runChild } from "./run-child.ts";
import { cannotStart } from "./why-exited.ts";

// A mapper in a process of its own. The agent starts it with its settings as the only argument, and with a pipe as
// standard input whose end says that the agent is no more, however it died.
const settings = JSON.parse(process.argv[2] ?? "{}") as ChildSettings;
const clock = systemClock;
const log = createLog({
  level: settings.level,
  format: "json",
  clock,
  write: (line) => void process.stderr.write(line),
});
const stopping = new AbortController();
const stop = (reason: string) => () => stopping.abort(new Error(reason));
process.stdin.resume().once("close", stop("the agent is gone")).on("error", stop("the agent is gone"));
process.once("SIGTERM", stop("the agent ends it"));
process.on("SIGINT", () => {}); // a terminal sends it to everybody; the agent says when it is time
// Nobody reads any more once the agent is gone.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

/** A device that does not let go must not keep the process: the agent waits five seconds, a dead agent not at all. */
const letGoMs = 4_000;
stopping.signal.addEventListener("abort", () => clock.after(letGoMs, () => process.exit(1), { background: true }));

try {
  await runChild(settings, { clock, log, signal: stopping.signal });
} catch (error) {
  if (!stopping.signal.aborted) {
    log.error("mapper cannot start", { reason: error instanceof Error ? error.message : String(error) });
    process.exitCode = cannotStart;
  }
}
// What a mapper left running must not keep the process either.
process.exit();
