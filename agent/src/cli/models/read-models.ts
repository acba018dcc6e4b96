import { readFileSync } from "node:fs";
import { type Device, type DeviceModel, ModelError, modelOf, parseManifests, toV1beta1 } from "@edgetwin/models";
import { AgentError } from "../../errors.ts";

/** The models and devices of one file, converted to v1beta1, and what deserves a look about it. */
export interface ModelFile {
  readonly file: string;
  readonly models: readonly DeviceModel[];
  readonly devices: readonly Device[];
  readonly warnings: readonly string[];
}

/**
 * Reads the DeviceModels of a manifest, any API version, YAML or JSON; its devices are not checked.
 *
 * @throws AgentError `MANIFEST_INVALID` naming file, path, value and fix, also when there is no model in it.
 */
export async function readModels(file: string): Promise<ModelFile> {
  const { resources, warnings } = await inFile(file, () => parseManifests(textOf(file), { file }));
  const given = resources.filter(({ kind }) => kind === "DeviceModel");
  const converted = resources.map((resource) => toV1beta1(resource, { models: given }));
  const models = converted.filter((resource) => resource.kind === "DeviceModel");
  const devices = converted.filter((resource) => resource.kind === "Device");
  if (models.length === 0) {
    throw new AgentError("MANIFEST_INVALID", `${file} holds no DeviceModel; name the file that does`);
  }
  await inFile(file, () => models.map(modelOf));
  return { file, models, devices, warnings };
}

/** Runs `action`; what it finds wrong with a manifest or model names the file. */
export async function inFile<T>(file: string, action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (!(cause instanceof ModelError)) throw cause;
    const message = cause.issues.every((issue) => issue.file !== undefined)
      ? cause.message
      : cause.message.replace(/^/gm, `${file}: `);
    throw new AgentError("MANIFEST_INVALID", message, { cause });
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const { message } = cause as Error;
    throw new AgentError("MANIFEST_INVALID", `${file} cannot be read: ${message}`, { cause });
  }
}
