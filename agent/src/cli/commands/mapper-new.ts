import { relative } from "node:path";
import { CreateError, newMapper, nextSteps, openTerminal } from "create-edgetwin-mapper";
import { AgentError } from "../../errors.ts";
import type { Invocation } from "../command.ts";

/** `edgetwin mapper new`: the same as `npm create edgetwin-mapper`. */
export async function run({ positionals, options, output, signal }: Invocation): Promise<number> {
  const [name] = positionals;
  const stopping = new AbortController();
  signal.addEventListener("abort", () => stopping.abort(signal.reason), { once: true });
  using terminal = openTerminal(process, stopping);
  const directory = process.cwd();
  try {
    const request = {
      name,
      protocol: options.get("protocol"),
      properties: options.get("property")?.split(",") ?? [],
      model: options.get("model"),
      yes: options.has("yes"),
    };
    const { folder, files } = await newMapper(request, { directory, ask: terminal.ask, note: output.note });
    output.line(nextSteps(relative(directory, folder), files));
    return 0;
  } catch (cause) {
    if (stopping.signal.aborted) {
      output.note("\nNothing was made.");
      return 130;
    }
    if (!(cause instanceof CreateError)) throw cause;
    throw new AgentError("REQUEST_INVALID", `${cause.message}\ntry: edgetwin help mapper new`, { cause });
  }
}
