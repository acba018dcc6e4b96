import { resolve } from "node:path";
import { didYouMean, type Mapper, type Model } from "@edgetwin/mapper-sdk";
import { AgentError } from "../../errors.ts";
import { importFailure } from "../../import-failure.ts";
import { resolverFrom } from "../../registry/resolve-package.ts";

/** A model that a module exports, and the protocol of the mapper it came with. */
export interface ExportedModel {
  readonly model: Model;
  readonly protocol?: string;
}

/**
 * The models that `MODULE` or `MODULE#export` declares: models by themselves and those of mappers, each once.
 *
 * @throws AgentError `REQUEST_INVALID` when the module does not load or exports no such model.
 */
export async function importModels(specifier: string): Promise<readonly ExportedModel[]> {
  const at = specifier.indexOf("#", 1); // a leading # is part of a subpath import of npm
  const name = at < 0 ? specifier : specifier.slice(0, at);
  const wanted = at < 0 ? undefined : specifier.slice(at + 1);
  const exported = new Map<string, unknown>(Object.entries(await importModule(name)));
  const declared = [...exported].flatMap(([key, part]) => {
    const found = exportedModel(part);
    return found ? [[key, found] as const] : [];
  });
  if (wanted !== undefined) {
    const found = declared.find(([key]) => key === wanted)?.[1];
    if (found) return [found];
    const known = declared.map(([key]) => key);
    const why = exported.has(wanted) ? "which is neither a model nor a mapper" : "which is not there";
    throw refused(`${specifier} names the export ${wanted}, ${why}${didYouMean(wanted, known)}`);
  }
  if (declared.length === 0) throw refused(`${name} exports neither a model (defineModel) nor a mapper (defineMapper)`);
  const byModel = new Map<Model, ExportedModel>();
  for (const [, found] of declared) byModel.set(found.model, { ...byModel.get(found.model), ...found });
  return [...byModel.values()];
}

const refused = (message: string, cause?: unknown) =>
  new AgentError("REQUEST_INVALID", message, cause === undefined ? {} : { cause });

async function importModule(name: string): Promise<object> {
  // A file is named as in other commands, with or without "./"; anything else is a package.
  const isFile = /\.[cm]?[jt]s$/.test(name);
  const target = isFile ? resolve(name) : name;
  try {
    return await import(resolverFrom(process.cwd())(target));
  } catch (cause) {
    const isForeign = cause instanceof Error && "code" in cause && cause.code === "ERR_UNKNOWN_FILE_EXTENSION";
    const reason =
      isForeign && /ts$/.test(name)
        ? `Node.js ${process.versions.node} does not load TypeScript; compile it and name the .js file`
        : importFailure(target, cause).replace("of the configuration file", "where the command runs");
    throw refused(`${name} does not load: ${reason}`, cause);
  }
}

function exportedModel(part: unknown): ExportedModel | undefined {
  if (isModel(part)) return { model: part };
  if (typeof part !== "object" || part === null || !("kind" in part) || part.kind !== "mapper") return undefined;
  const { model, protocol } = part as Mapper;
  return isModel(model) ? { model, protocol } : undefined;
}

const isModel = (part: unknown): part is Model =>
  typeof part === "object" &&
  part !== null &&
  "name" in part &&
  typeof part.name === "string" &&
  "properties" in part &&
  typeof part.properties === "object" &&
  part.properties !== null &&
  Object.values(part.properties).every((property) => typeof property?.accept === "function");
