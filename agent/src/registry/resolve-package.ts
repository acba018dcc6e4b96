import { createRequire } from "node:module";
import { isAbsolute, join } from "node:path";
import { pathToFileURL } from "node:url";

/** Resolves package names and paths as if they were imported from `directory`. */
export function resolverFrom(directory: string): (name: string) => string {
  const require = createRequire(join(directory, "mappers"));
  return (name) => {
    if (/^\.{0,2}\//.test(name)) return pathToFileURL(isAbsolute(name) ? name : join(directory, name)).href;
    // A package installed beside the configuration goes before one beside the agent.
    try {
      return pathToFileURL(require.resolve(name)).href;
    } catch {
      return import.meta.resolve(name);
    }
  };
}
