import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { modelModule } from "@edgetwin/models";
import { AgentError } from "../../errors.ts";
import type { Invocation } from "../command.ts";
import { inFile, type ModelFile, readModels } from "../models/read-models.ts";
import { usageError } from "../usage-error.ts";

/** `edgetwin model types`: a TypeScript module of device models, written, printed or compared with the one that is there. */
export async function run({ positionals, options, output }: Invocation): Promise<number> {
  const out = options.get("out");
  if (options.has("check") && out === undefined) {
    throw usageError("--check compares with what --out names; name it", "edgetwin model types FILE --out DIR --check");
  }
  const files: ModelFile[] = [];
  for (const file of positionals) files.push(await readModels(file));
  for (const warning of files.flatMap(({ warnings }) => warnings)) output.note(`warning: ${warning}`);

  if (out === undefined) {
    output.raw(await moduleOf(files, output.note));
    return 0;
  }
  let stale = 0;
  for (const [path, sources] of modulesFor(files, out)) {
    const text = await moduleOf(sources, output.note);
    const present = presentText(path);
    const isFresh = present?.replaceAll("\r\n", "\n") === text;
    if (!options.has("check")) {
      if (!isFresh) write(path, text);
      output.line(`${path} ${isFresh ? "is up to date" : "written"}`);
    } else if (!isFresh) {
      stale += 1;
      const state = present === undefined ? "is missing" : `does not fit ${names(sources)} any more`;
      output.note(`${output.paint("red", "stale:")} ${path} ${state}`);
    }
  }
  if (stale > 0) output.note(`try: edgetwin model types ${positionals.join(" ")} --out ${out}`);
  return stale > 0 ? 1 : 0;
}

const names = (sources: readonly ModelFile[]): string => sources.map(({ file }) => basename(file)).join(", ");

/** The text of a module; it names its sources without their directories, so that it is the same from wherever it is made. */
async function moduleOf(sources: readonly ModelFile[], note: (text: string) => void): Promise<string> {
  const origin = `Made from ${names(sources)} by "edgetwin model types": change that, not this.`;
  const models = sources.flatMap((source) => source.models);
  const { text, warnings } = await inFile(names(sources), () => modelModule(models, { origin }));
  for (const warning of warnings) note(`warning: ${warning}`);
  return text;
}

/** Which models go into which module: all into a file that ends in `.ts`, else one module beside the other in a directory. */
function modulesFor(files: readonly ModelFile[], out: string): ReadonlyMap<string, readonly ModelFile[]> {
  if (/\.m?ts$/.test(out)) return new Map([[out, files]]);
  const modules = new Map<string, ModelFile[]>();
  for (const source of files) {
    const path = join(out, `${basename(source.file).replace(/\.(ya?ml|json)$/, "")}.ts`);
    const other = modules.get(path)?.[0];
    if (other) {
      const problem = `${other.file} and ${source.file} would both become ${path}; rename one of them`;
      throw usageError(problem, `edgetwin model types ${other.file} ${source.file} --out models.ts`);
    }
    modules.set(path, [source]);
  }
  return modules;
}

function presentText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new AgentError("REQUEST_INVALID", `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function write(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (cause) {
    const { message } = cause as Error;
    throw new AgentError("REQUEST_INVALID", `${path} cannot be written: ${message}; name another --out`, { cause });
  }
}
