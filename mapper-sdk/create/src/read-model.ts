import { readFileSync } from "node:fs";
import { didYouMean, type Model } from "@edgetwin/mapper-sdk";
import { ModelError, modelOf, parseManifests, toV1beta1 } from "@edgetwin/models";
import { CreateError } from "./errors.ts";

/**
 * The model of a manifest, any API version. `FILE#NAME` chooses among several.
 *
 * @throws CreateError `MODEL_INVALID` naming the file and what is wrong with it.
 */
export async function readModel(source: string): Promise<{ model: Model; warnings: readonly string[] }> {
  const at = source.lastIndexOf("#");
  const [file, wanted] = at < 0 ? [source, undefined] : [source.slice(0, at), source.slice(at + 1)];
  try {
    const { resources, warnings } = await parseManifests(textOf(file), { file });
    const models = resources.map((resource) => toV1beta1(resource)).filter(({ kind }) => kind === "DeviceModel");
    const names = models.map(({ metadata }) => metadata.name);
    const chosen = wanted === undefined ? models[0] : models.find(({ metadata }) => metadata.name === wanted);
    if (chosen?.kind !== "DeviceModel") {
      if (wanted === undefined) throw invalid(`${file} holds no DeviceModel; name the file that does`);
      throw invalid(`${file} holds no DeviceModel ${wanted}, but ${names.join(", ")}${didYouMean(wanted, names)}`);
    }
    if (wanted === undefined && names.length > 1) {
      throw invalid(`${file} holds several models: ${names.join(", ")}; choose one: ${file}#${names[0]}`);
    }
    const { model, warnings: more } = modelOf(chosen);
    return { model, warnings: [...warnings, ...more] };
  } catch (cause) {
    if (!(cause instanceof ModelError)) throw cause;
    throw invalid(cause.message.includes(file) ? cause.message : `${file}: ${cause.message}`, cause);
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw invalid(`${file} cannot be read: ${(cause as Error).message}`, cause);
  }
}

const invalid = (message: string, cause?: unknown) =>
  new CreateError("MODEL_INVALID", message, cause === undefined ? {} : { cause });
