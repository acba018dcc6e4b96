import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "@edgetwin/mapper-sdk";
import type { Registry } from "./registry/registry.ts";
import type { Origin } from "./twin/types.ts";

/** The manifest files a path stands for: itself, or every YAML and JSON file of a directory by name. */
export function manifestFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => /\.(ya?ml|json)$/.test(name));
  return names.sort().map((name) => join(path, name));
}

/** What somebody should know about a configured manifest: it was refused, or applied with a warning. */
export interface ManifestTrouble {
  readonly path: string;
  readonly severity: "error" | "warning";
  /** What is wrong, with the place in the file, the value and the fix; one line for each thing. */
  readonly message: string;
}

/**
 * Applies configured manifests. One bad file costs only itself: the others go on. What is wrong goes to the log and is
 * returned, for whoever sits at the terminal.
 */
export async function applyFiles(registry: Registry, paths: readonly string[], log: Log): Promise<ManifestTrouble[]> {
  const troubles: ManifestTrouble[] = [];
  for (const path of paths) {
    try {
      for (const file of manifestFiles(path)) troubles.push(...(await applyFile(registry, file, log)));
    } catch (error) {
      const absent = error instanceof Error && "code" in error && error.code === "ENOENT";
      const reason = absent ? "there is no such file or directory; correct manifests in the configuration" : error;
      log.error("manifests cannot be read", { path, reason });
      troubles.push({ path, severity: "error", message: textOf(reason) });
    }
  }
  return troubles;
}

async function applyFile(registry: Registry, file: string, log: Log): Promise<ManifestTrouble[]> {
  const origin: Origin = { door: "manifest", actor: file };
  const troubles: ManifestTrouble[] = [];
  try {
    for (const { kind, id, result, warnings } of await registry.apply(readFileSync(file, "utf8"), { origin, file })) {
      if (result !== "unchanged") log.info("manifest applied", { kind, id, result, file });
      for (const warning of warnings) {
        log.warn("manifest", { id, warning });
        troubles.push({ path: file, severity: "warning", message: `${id}: ${warning}` });
      }
    }
  } catch (error) {
    log.error("manifest was not applied", { file, error });
    troubles.push({ path: file, severity: "error", message: textOf(error) });
  }
  return troubles;
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
