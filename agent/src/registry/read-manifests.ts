import {
  checkDevice,
  type Device,
  type DeviceModel,
  formatIssue,
  ModelError,
  modelOf,
  type Resource,
  toV1beta1,
} from "@edgetwin/models";
import { AgentError } from "../errors.ts";
import { parseElsewhere } from "./manifest-thread/parse-elsewhere.ts";
import { idOf } from "./resources.ts";

/** One DeviceModel or Device of a text, checked. */
export interface Document {
  readonly resource: DeviceModel | Device;
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
}

interface ReadOptions {
  readonly file?: string;
  /** Models and devices already applied: a device may refer to a model that is not in the text. */
  readonly known: readonly (DeviceModel | Device)[];
  /** Looks at what the text has and throws when it is not what is wanted. */
  readonly check?: (resources: readonly Resource[]) => void;
}

/**
 * Reads manifests of any API version. Models come first; nothing is returned unless everything fits.
 *
 * @throws AgentError `MANIFEST_INVALID` with one line for everything that is wrong.
 */
export async function readManifests(text: string, { file, known, check }: ReadOptions): Promise<Document[]> {
  try {
    const { resources, warnings } = await parseElsewhere({ text, ...(file !== undefined && { file }) });
    check?.(resources);
    const context = contextOf([...resources, ...known]);
    const documents = resources
      .filter(({ kind }) => kind !== "DeviceStatus")
      .map((manifest) => ({
        resource: toV1beta1(manifest, context) as DeviceModel | Device,
        manifest: manifest as unknown as Document["manifest"],
        warnings: [] as string[],
      }))
      .sort((a, b) => Number(a.resource.kind === "Device") - Number(b.resource.kind === "Device"));
    const models = new Map<string, DeviceModel>();
    for (const resource of [...known, ...documents.map((document) => document.resource)]) {
      if (resource.kind === "DeviceModel") models.set(idOf(resource), resource);
    }
    for (const { resource, warnings: own } of documents) {
      if (resource.kind === "Device") checkAgainstModel(resource, models, own);
      else own.push(...modelOf(resource).warnings);
    }
    documents[0]?.warnings.push(...warnings);
    if (documents.length === 0) throw nothingToApply(file, warnings);
    return documents;
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new AgentError("MANIFEST_INVALID", error.message, { cause: error, details: error.issues });
  }
}

function checkAgainstModel(device: Device, models: ReadonlyMap<string, DeviceModel>, warnings: string[]): void {
  const modelId = `${device.metadata.namespace ?? "default"}/${device.spec.deviceModelRef?.name}`;
  const model = models.get(modelId);
  if (!model) {
    warnings.push(`device ${idOf(device)} waits for its model ${modelId}, which has not been applied`);
    return;
  }
  const issues = checkDevice(device, model);
  const errors = issues.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new ModelError("MANIFEST_INVALID", errors);
  warnings.push(...issues.map(formatIssue));
}

function nothingToApply(file: string | undefined, warnings: readonly string[]): AgentError {
  const where = file === undefined ? "the text" : file;
  const message = [`${where} has no DeviceModel and no Device of devices.kubeedge.io`, ...warnings].join("\n");
  return new AgentError("MANIFEST_INVALID", message);
}

/** What conversion between API versions may have to look up. */
export function contextOf(resources: readonly Resource[]) {
  return {
    models: resources.filter(({ kind }) => kind === "DeviceModel"),
    devices: resources.filter(({ kind }) => kind === "Device"),
  };
}
