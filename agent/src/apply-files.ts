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

/** Applies configured manifests. One bad file costs only itself: it is logged with what is wrong, and the others go on. */
export async function applyFiles(registry: Registry, paths: readonly string[], log: Log): Promise<void> {
  for (const path of paths) {
    try {
      for (const file of manifestFiles(path)) await applyFile(registry, file, log);
    } catch (error) {
      const absent = error instanceof Error && "code" in error && error.code === "ENOENT";
      const reason = absent ? "there is no such file or directory; correct manifests in the configuration" : error;
      log.error("manifests cannot be read", { path, reason });
    }
  }
}

async function applyFile(registry: Registry, file: string, log: Log): Promise<void> {
  const origin: Origin = { door: "manifest", actor: file };
  try {
    for (const { kind, id, result, warnings } of await registry.apply(readFileSync(file, "utf8"), { origin, file })) {
      if (result !== "unchanged") log.info("manifest applied", { kind, id, result, file });
      for (const warning of warnings) log.warn("manifest", { id, warning });
    }
  } catch (error) {
    log.error("manifest was not applied", { file, error });
  }
}
