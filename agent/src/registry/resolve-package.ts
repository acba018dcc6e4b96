import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { isAbsolute, join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * Resolves package names and paths as if they were imported from `directory`; the path of a folder is the package in it.
 *
 * @returns a function that throws when there is no such package, or nothing at the place that its `exports` name.
 */
export function resolverFrom(directory: string): (name: string) => string {
  const require = createRequire(join(directory, "mappers"));
  return (name) => {
    if (/^\.{0,2}\//.test(name)) return pathToFileURL(entryOf(isAbsolute(name) ? name : join(directory, name))).href;
    // A package installed beside the configuration goes before one beside the agent.
    try {
      return pathToFileURL(require.resolve(name)).href;
    } catch {
      return import.meta.resolve(name);
    }
  };
}

/** The module that a path means: `import` takes no folders. */
function entryOf(path: string): string {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  const manifest = join(path, "package.json");
  const require = createRequire(manifest);
  const { name, exports } = require(manifest) as { readonly name?: string; readonly exports?: unknown };
  // From inside, a package with `exports` is found by its own name.
  return require.resolve(name !== undefined && exports !== undefined ? name : path);
}
