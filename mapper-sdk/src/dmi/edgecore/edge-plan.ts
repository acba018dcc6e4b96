import { completeConfig } from "../../complete-config.ts";
import { didYouMean } from "../../did-you-mean.ts";
import { MapperError } from "../../errors.ts";
import type { DeviceConfig, Mapper } from "../../mapper.ts";
import type { Model } from "../../model.ts";
import type { Protocol } from "../../protocol.ts";
import type { DescribedDevice, DescribedModel } from "./device-description.ts";
import { edgeModel } from "./edge-model.ts";

/** How one device of EdgeCore is served. */
export interface EdgePlan {
  readonly described: DescribedDevice;
  readonly mapper: Mapper;
  readonly config: DeviceConfig;
  /** As the configuration narrows it. */
  readonly model: Model;
  /** Properties that the manager lets nobody write, whatever the mapper can. */
  readonly readOnly: ReadonlySet<string>;
}

/**
 * Finds the part that serves a device, and checks its settings; touches no hardware. Undefined when the device has to
 * wait for its model. Rejects with `CONFIG_INVALID` saying everything that is wrong.
 */
export async function planFor(
  described: DescribedDevice,
  model: DescribedModel | undefined,
  parts: readonly (Mapper | Protocol)[],
): Promise<EdgePlan | undefined> {
  const part = partFor(described, parts);
  if (part.kind === "protocol" && !model) return undefined;
  const mapper = part.kind === "mapper" ? part : part.serve(servedModel(described, model as DescribedModel));
  const visitors = described.properties
    .filter(({ name }) => Object.hasOwn(mapper.model.properties, name))
    .map(({ name, visitor }): [string, Settings] => [name, visitor]);
  const given = { connection: described.connection, visitors: Object.fromEntries(visitors) };
  const { config, narrowed } = await accepted(mapper, given);
  const readOnly = new Set((model?.properties ?? []).filter(({ writable }) => !writable).map(({ name }) => name));
  return { described, mapper, config, model: narrowed, readOnly };
}

type Settings = Readonly<Record<string, unknown>>;

/** A mapper made for the model before a protocol; a mapper made for another model only when nothing else speaks it. */
function partFor({ protocol, model }: DescribedDevice, parts: readonly (Mapper | Protocol)[]): Mapper | Protocol {
  const speaking = parts.filter((part) => part.protocol === protocol);
  const made = speaking.find((part) => part.kind === "mapper" && part.model.name === model);
  const found = made ?? speaking.find(({ kind }) => kind === "protocol") ?? speaking[0];
  if (found) return found;
  const known = [...new Set(parts.map((part) => part.protocol))];
  const hint = didYouMean(protocol, known) || `; it serves ${known.join(", ")}`;
  throw new MapperError("CONFIG_INVALID", `this mapper does not speak ${protocol || "(no protocol)"}${hint}`);
}

/** The part of the model that the device has properties for: what it does not say where to find, nobody can read. */
function servedModel(described: DescribedDevice, model: DescribedModel): Model {
  const names = model.properties.map(({ name }) => name);
  const unknown = described.properties.filter(({ name }) => !names.includes(name)).map(({ name }) => name);
  if (unknown.length > 0) {
    const [first = ""] = unknown;
    throw new MapperError(
      "CONFIG_INVALID",
      `the model ${model.name} has no property ${unknown.join(", ")}${didYouMean(first, names)}`,
    );
  }
  return edgeModel(model, new Set(described.properties.map(({ name }) => name)));
}

/** Manifests for mapper-framework carry `dataType` beside the settings; our mappers take the type from the model. */
async function accepted(mapper: Mapper, given: { readonly connection: Settings; readonly visitors: Settings }) {
  const config = completeConfig(mapper, { config: given });
  try {
    return { config, narrowed: await mapper.modelFor(config) };
  } catch (error) {
    if (!(error instanceof MapperError) || error.code !== "CONFIG_INVALID") throw error;
    const plain = Object.entries(given.visitors).map(([name, visitor]) => {
      const { dataType: _, ...rest } = visitor as Settings;
      return [name, rest];
    });
    const without = completeConfig(mapper, { config: { ...given, visitors: Object.fromEntries(plain) } });
    return { config: without, narrowed: await mapper.modelFor(without) };
  }
}
