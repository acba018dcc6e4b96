import type { Part } from "./catalogue.ts";

/**
 * Imports a package and returns every `defineMapper` and `defineProtocol` it exports.
 *
 * Empty when it exports none. Rejects with what the package throws; never settles when the package never finishes loading.
 *
 * @param specifier what `import` takes.
 */
export async function importParts(specifier: string): Promise<readonly Part[]> {
  const exported: readonly unknown[] = Object.values(await import(specifier));
  return [...new Set(exported.filter(isPart))];
}

function isPart(part: unknown): part is Part {
  if (typeof part !== "object" || part === null || !("kind" in part)) return false;
  const { kind, protocol, model, open, serve } = part as Record<string, unknown>;
  if (typeof protocol !== "string") return false;
  if (kind === "protocol") return typeof serve === "function";
  return kind === "mapper" && typeof open === "function" && typeof model === "object" && model !== null;
}
