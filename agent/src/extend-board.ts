import { type Board, type BoardExtension, type Clock, didYouMean, MapperError } from "@edgetwin/mapper-sdk";
import type { ExtensionSettings } from "./config/extension-settings.ts";
import { AgentError } from "./errors.ts";
import { importFailure } from "./import-failure.ts";

/** What extending a board takes. */
export interface ExtendOptions {
  /** Turns a configured package name into something `import` takes. */
  readonly resolve: (name: string) => string;
  readonly clock: Clock;
}

/**
 * `board` with the configured extensions, each on top of those before it. The last one owns the board.
 * @throws AgentError `CONFIG_INVALID` when a package does not load, has no such extension, or the settings do not fit it.
 */
export async function extendBoard(
  board: Board,
  extensions: readonly ExtensionSettings[],
  { resolve, clock }: ExtendOptions,
): Promise<Board> {
  let extended = board;
  for (const [index, settings] of extensions.entries()) {
    const where = `board.extensions.${index}`;
    const extension = await loadExtension(settings, { resolve, where });
    try {
      extended = extension.extend(extended, settings.settings, { clock, where: `${where}.settings` });
    } catch (cause) {
      if (!(cause instanceof MapperError)) throw cause;
      const message = cause.message.startsWith(where) ? cause.message : `${where}: ${cause.message}`;
      throw new AgentError("CONFIG_INVALID", message, { cause });
    }
  }
  return extended;
}

async function loadExtension(
  { package: name, extension }: ExtensionSettings,
  { resolve, where }: { readonly resolve: ExtendOptions["resolve"]; readonly where: string },
): Promise<BoardExtension> {
  let found: readonly BoardExtension[];
  try {
    found = Object.values<unknown>(await import(resolve(name))).filter(isExtension);
  } catch (cause) {
    const message = `${where}.package: ${name} does not load: ${importFailure(name, cause)}`;
    throw new AgentError("CONFIG_INVALID", message, { cause });
  }
  const names = found.map((one) => one.name);
  const [only] = found;
  if (!only) throw new AgentError("CONFIG_INVALID", `${where}.package: ${name} exports no board extension`);
  if (extension === undefined && found.length > 1)
    throw new AgentError("CONFIG_INVALID", `${where}.extension: is missing; ${name} has ${names.join(", ")}`);
  const chosen = extension === undefined ? only : found.find((one) => one.name === extension);
  if (chosen) return chosen;
  const hint = didYouMean(extension ?? "", names) || `; it has ${names.join(", ")}`;
  throw new AgentError("CONFIG_INVALID", `${where}.extension: ${name} has no ${extension}${hint}`);
}

const isExtension = (part: unknown): part is BoardExtension =>
  typeof part === "object" && part !== null && "kind" in part && part.kind === "board-extension";
