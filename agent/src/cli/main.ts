import { systemClock } from "@edgetwin/mapper-sdk";
import { createOutput } from "./output.ts";
import { runCommand } from "./run-command.ts";

const stopping = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.once(name, () => stopping.abort(new Error(`stopped by ${name}`)));
}
// `edgetwin watch | head`: a reader that has had enough ends the command.
process.stdout.on("error", () => stopping.abort(new Error("nobody reads the output")));

process.exitCode = await runCommand(process.argv.slice(2), {
  env: process.env,
  clock: systemClock,
  output: createOutput(process, process.env),
  signal: stopping.signal,
  readStdin,
});

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
