import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { resolverFrom } from "../registry/resolve-package.ts";

/** Where a mapper runs. */
export type Isolation = "inline" | "process";

/**
 * What a package says about itself where the configuration says nothing: `"edgetwin": { "isolation": "process" }` in its
 * package.json is for those that bring a lot along, or code that ends its process. `inline` for all others, and for
 * packages that are not there: that is told when they are loaded.
 *
 * @param directory packages are looked up from here.
 */
export function preferredIsolation(name: string, directory: string): Isolation {
  try {
    const manifest = manifestAbove(fileURLToPath(resolverFrom(directory)(name)));
    return manifest?.edgetwin?.isolation === "process" ? "process" : "inline";
  } catch {
    return "inline";
  }
}

interface Manifest {
  readonly edgetwin?: { readonly isolation?: unknown };
}

function manifestAbove(path: string): Manifest | undefined {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as Manifest;
    if (folder === dirname(folder)) return undefined;
  }
}
