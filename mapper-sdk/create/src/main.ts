import { relative } from "node:path";
import { parseArgs } from "node:util";
import { CreateError } from "./errors.ts";
import { type MapperRequest, newMapper } from "./new-mapper.ts";
import { nextSteps } from "./next-steps.ts";
import { templates } from "./templates/templates.ts";
import { openTerminal } from "./terminal.ts";

const usage = `Usage: npm create edgetwin-mapper@latest NAME -- [options]

Makes the folder NAME with a typed, tested mapper, its emulator and an example device.

  --protocol P   ${templates.map(({ protocol, summary }) => `${protocol}: ${summary}`).join("\n                 ")}
  --property S   NAME:TYPE:ACCESS, e.g. temperature:float:r or mode:OFF/ON:rw; may be given several times
  --model FILE   take the properties from a DeviceModel, YAML or JSON; FILE#MODEL chooses one of several
  --yes          take defaults instead of asking
  --help         this text
`;

/** `npm create edgetwin-mapper`: resolves with the exit code. */
async function main(words: readonly string[]): Promise<number> {
  const stopping = new AbortController();
  process.once("SIGTERM", () => stopping.abort(new Error("stopped by SIGTERM")));
  using terminal = openTerminal(process, stopping);
  try {
    const request = requestOf(words);
    if (request === undefined) {
      process.stdout.write(usage);
      return 0;
    }
    const note = (text: string) => void process.stderr.write(`${text}\n`);
    const made = await newMapper(request, { directory: process.cwd(), ask: terminal.ask, note });
    process.stdout.write(`${nextSteps(relative(process.cwd(), made.folder), made.files)}\n`);
    return 0;
  } catch (error) {
    if (stopping.signal.aborted) {
      process.stderr.write("\nNothing was made.\n");
      return 130;
    }
    if (!(error instanceof CreateError)) throw error;
    process.stderr.write(`error: ${error.message}\ntry: npm create edgetwin-mapper@latest -- --help\n`);
    return 2;
  }
}

/** The words as a request; undefined when they ask for help. */
function requestOf(words: readonly string[]): MapperRequest | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        protocol: { type: "string" },
        property: { type: "string", multiple: true },
        model: { type: "string" },
        yes: { type: "boolean", short: "y" },
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help === true) return undefined;
    const [name, extra] = positionals;
    if (extra !== undefined) throw new CreateError("NAME_INVALID", `"${extra}" is one word too many; give one name`);
    const { protocol, property: properties = [], model, yes = false } = values;
    return { name, protocol, properties, model, yes };
  } catch (cause) {
    if (cause instanceof CreateError) throw cause;
    throw new CreateError("OPTION_MISSING", (cause as Error).message, { cause });
  }
}

process.exitCode = await main(process.argv.slice(2));
