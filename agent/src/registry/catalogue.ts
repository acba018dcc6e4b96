import { createRequire } from "node:module";
import { isAbsolute, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Log, Mapper, Protocol } from "@edgetwin/mapper-sdk";
import { importFailure } from "../import-failure.ts";

/** The mappers this agent may use, by what they serve. */
export interface Catalogue {
  /** One model each. */
  readonly mappers: readonly Mapper[];
  /** Any model. */
  readonly protocols: readonly Protocol[];
  /** Packages that could not be loaded, and why; everything else goes on. */
  readonly failures: readonly { readonly name: string; readonly reason: string }[];
}

/**
 * Loads mapper packages by name or path and collects every `defineMapper` and `defineProtocol` they export. A package
 * that cannot be loaded costs only the devices that need it.
 *
 * @param resolve turns a configured name into something `import` takes, relative to the configuration file.
 */
export async function loadCatalogue(
  names: readonly string[],
  resolve: (name: string) => string,
  log: Log,
): Promise<Catalogue> {
  const mappers: Mapper[] = [];
  const protocols: Protocol[] = [];
  const failures: { name: string; reason: string }[] = [];
  const fail = (name: string, reason: string) => {
    log.error("mapper package does not load", { package: name, reason });
    failures.push({ name, reason });
  };
  for (const name of names) {
    try {
      const exported: readonly unknown[] = Object.values(await import(resolve(name)));
      const found = exported.filter(isMapperOrProtocol);
      for (const part of found) part.kind === "mapper" ? mappers.push(part) : protocols.push(part);
      if (found.length === 0) fail(name, "it exports neither a mapper (defineMapper) nor a protocol (defineProtocol)");
    } catch (error) {
      fail(name, importFailure(name, error));
    }
  }
  return { mappers, protocols, failures };
}

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

function isMapperOrProtocol(part: unknown): part is Mapper | Protocol {
  if (typeof part !== "object" || part === null || !("kind" in part) || !("protocol" in part)) return false;
  return part.kind === "mapper" || part.kind === "protocol";
}
