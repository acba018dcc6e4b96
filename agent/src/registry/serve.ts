import {
  type DeviceConfig,
  didYouMean,
  type Mapper,
  MapperError,
  type Model,
  type Property,
  type Protocol,
  parseDuration,
  type Safety,
  type Value,
} from "@edgetwin/mapper-sdk";
import { annotations, type Device, type DeviceModel, ModelError, modelOf } from "@edgetwin/models";
import { type ChangeFilter, defaultFilter } from "../runner/change-filter.ts";
import type { DevicePlan } from "../runner/plan.ts";
import { emptyShape } from "../twin/configure.ts";
import type { DeviceShape } from "../twin/types.ts";
import type { Catalogue } from "./catalogue.ts";

/** How a device is to be run by what is installed. Pure: touches no hardware; what does not fit is a refusal, never an error. */
export function planFor(device: Device, deviceModel: DeviceModel | undefined, catalogue: Catalogue): DevicePlan {
  if (!deviceModel) {
    const reason = `its model ${device.spec.deviceModelRef?.name ?? "(none)"} has not been applied`;
    return { kind: "unserved", reason, shape: emptyShape };
  }
  let shape = emptyShape;
  try {
    const model = sharedModel(deviceModel);
    shape = shapeOf(model, false);
    const mapper = mapperFor(device, deviceModel, { model, catalogue });
    if (typeof mapper === "string") return { kind: "unserved", reason: mapper, shape };
    return serve(device, deviceModel, { model, mapper });
  } catch (error) {
    return { kind: "refused", reason: reasonOf(error), shape: { ...shape, served: true } };
  }
}

/** Whatever a mapper throws costs its devices, never the agent: with it in the store, the agent would not start again. */
function reasonOf(error: unknown): string {
  if (error instanceof MapperError || error instanceof ModelError) return error.message;
  // The message and the innermost frame: where to look.
  const place = error instanceof Error ? error.stack?.match(/^\s+(at .*)$/m)?.[1] : undefined;
  return `a bug in its mapper: ${String(error)}${place === undefined ? "" : ` ${place}`}`;
}

interface Parts {
  readonly model: Model;
  readonly mapper: Mapper;
}

/** The mapper, or why no installed one serves the device. */
function mapperFor(
  device: Device,
  deviceModel: DeviceModel,
  { model, catalogue }: { model: Model; catalogue: Catalogue },
): Mapper | string {
  const { mappers, protocols } = catalogue;
  const wanted = device.spec.protocol?.protocolName || deviceModel.spec.protocol || "";
  const typed = mappers.find(
    (mapper) => mapper.model.name === model.name && (wanted === "" || mapper.protocol === wanted),
  );
  if (typed) return typed;
  if (wanted === "") return `no protocol is named, and no installed mapper is made for the model ${model.name}`;
  const protocol = protocols.find((candidate) => candidate.protocol === wanted);
  if (!protocol) {
    const known = [...new Set([...protocols, ...mappers].map((part) => part.protocol))];
    return `no installed mapper speaks ${wanted}${didYouMean(wanted, known)}`;
  }
  const located = visitedNames(device, deviceModel);
  const properties = Object.entries(model.properties).filter(([name]) => located.has(name));
  if (properties.length === 0) return `no property of it has a visitor that says where it lives on ${wanted}`;
  return sharedMapper(protocol, model, properties);
}

const none: ReadonlyMap<string, never> = new Map<string, never>();

/** Devices of one model share what is made of it: a hundred meters need one description of their registers. */
const models = new WeakMap<DeviceModel, Model>();
const mappersOfModel = new WeakMap<Model, WeakMap<Protocol, Mapper>>();
const propertyMaps = new WeakMap<Model, ReadonlyMap<string, Property>>();

const sharedModel = (deviceModel: DeviceModel) => remember(models, deviceModel, () => modelOf(deviceModel).model);

const sharedProperties = (model: Model) =>
  remember(propertyMaps, model, () => new Map(Object.entries(model.properties)));

function sharedMapper(protocol: Protocol, model: Model, located: readonly [string, Property][]): Mapper {
  if (located.length < Object.keys(model.properties).length) {
    return protocol.serve({ ...model, properties: Object.fromEntries(located) });
  }
  const ofModel = remember(mappersOfModel, model, () => new WeakMap<Protocol, Mapper>());
  return remember(ofModel, protocol, () => protocol.serve(model));
}

function remember<K extends object, V>(cache: WeakMap<K, V>, key: K, make: () => V): V {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  cache.set(key, made);
  return made;
}

/** Properties that the device, or its model, says how to find; devices converted from older versions may carry `configData: {}`. */
function visitedNames(device: Device, deviceModel: DeviceModel): ReadonlySet<string> {
  const located = [...(device.spec.properties ?? []), ...(deviceModel.spec.properties ?? [])];
  return new Set(
    located.filter(({ visitors }) => Object.keys(visitors?.configData ?? {}).length > 0).map(({ name }) => name),
  );
}

function serve(device: Device, deviceModel: DeviceModel, { model, mapper }: Parts): DevicePlan {
  checkCompatible(model, mapper);
  const config = configOf(device, deviceModel, { model, mapper });
  const narrowed = mapper.modelFor(config);
  const properties = narrowedProperties(model, narrowed);
  const safety = mergeSafety(model.safety, narrowed.safety);
  const shape: DeviceShape = { properties, served: true, ...(safety && { safety }) };
  return { kind: "served", mapper, config, shape, cycles: cyclesOf(device), filters: filtersOf(device) };
}

/** A typed mapper was compiled against a model; the manifest's must agree with it. */
function checkCompatible(model: Model, mapper: Mapper): void {
  const lines: string[] = [];
  const names = Object.keys(model.properties);
  for (const [name, property] of Object.entries(mapper.model.properties)) {
    const declared = Object.hasOwn(model.properties, name) ? model.properties[name] : undefined;
    if (!declared) lines.push(`the model has no property ${name}${didYouMean(name, names)}`);
    else if (declared.type !== property.type) {
      lines.push(`${name} is ${declared.type} in the model and ${property.type} in the mapper`);
    } else if (declared.access === "rw" && property.access === "r") {
      lines.push(`${name} is ReadWrite in the model, but the mapper cannot write it`);
    }
  }
  if (lines.length === 0) return;
  throw new MapperError(
    "CONFIG_INVALID",
    `model ${model.name} does not fit the ${mapper.protocol} mapper: ${lines.join("; ")}`,
  );
}

/** Model defaults first, then the mapper's own, then what the instance says: later ones win, key by key. */
function configOf(device: Device, deviceModel: DeviceModel, { model, mapper }: Parts): DeviceConfig {
  const constants = Object.entries(model.properties).flatMap(([name, { constant }]): [string, Value][] =>
    constant === undefined ? [] : [[name, constant]],
  );
  const defaults = mapper.defaults?.(Object.fromEntries(constants)) ?? {};
  const ofModel = new Map(
    (deviceModel.spec.properties ?? []).map(({ name, visitors }) => [name, visitors?.configData]),
  );
  const ofDevice = new Map((device.spec.properties ?? []).map(({ name, visitors }) => [name, visitors?.configData]));
  const visitors = Object.keys(mapper.model.properties).map((name) => [
    name,
    { ...(defaults.visitors?.[name] as object | undefined), ...ofModel.get(name), ...ofDevice.get(name) },
  ]);
  const connection = {
    ...(defaults.connection as object | undefined),
    ...deviceModel.spec.protocolConfigData,
    ...device.spec.protocol?.configData,
  };
  return { connection, visitors: Object.fromEntries(visitors) };
}

function narrowedProperties(model: Model, narrowed: Model): ReadonlyMap<string, Property> {
  const declared = sharedProperties(model);
  const changed = Object.entries(narrowed.properties).filter(([name, property]) => declared.get(name) !== property);
  if (changed.length === 0) return declared;
  const properties = new Map(declared);
  for (const [name, property] of changed) {
    const before = declared.get(name);
    if (before) properties.set(name, intersect(before, property));
  }
  return properties;
}

/** What both the manifest and the mapper allow. */
function intersect(declared: Property, served: Property): Property {
  return {
    ...declared,
    ...served,
    access: declared.access,
    ...(declared.min !== undefined && { min: declared.min }),
    ...(declared.max !== undefined && { max: declared.max }),
    accept: (value) => {
      declared.accept(value);
      return served.accept(value);
    },
    toTwin: (value) => served.toTwin(value),
  };
}

function mergeSafety(declared: Safety | undefined, served: Safety | undefined): Safety | undefined {
  if (!declared || !served) return declared ?? served;
  const interlocks = [...(declared.interlocks ?? []), ...(served.interlocks ?? [])];
  return { interlocks, failSafe: { ...served.failSafe, ...declared.failSafe } };
}

const shapeOf = (model: Model, served: boolean): DeviceShape => ({
  properties: sharedProperties(model),
  served,
  ...(model.safety && { safety: model.safety }),
});

function cyclesOf(device: Device): ReadonlyMap<string, number> {
  const cycles = (device.spec.properties ?? []).flatMap(({ name, collectCycle }): [string, number][] =>
    collectCycle ? [[name, collectCycle]] : [],
  );
  return cycles.length > 0 ? new Map(cycles) : none;
}

function filtersOf(device: Device): ReadonlyMap<string, ChangeFilter> {
  const text = device.metadata.annotations?.[annotations.filters];
  if (text === undefined) return none;
  try {
    const entries = Object.entries(JSON.parse(text) as Record<string, { deadBand?: number; heartbeat?: unknown }>);
    return new Map(entries.map(([name, { deadBand, heartbeat }]) => [name, filterOf(name, deadBand, heartbeat)]));
  } catch (cause) {
    if (cause instanceof MapperError) throw cause;
    const message = `annotation ${annotations.filters} is not JSON like {"temperature":{"deadBand":0.5}}: ${text}`;
    throw new MapperError("CONFIG_INVALID", message, { cause });
  }
}

function filterOf(name: string, deadBand: unknown = 0, heartbeat: unknown = defaultFilter.heartbeatMs): ChangeFilter {
  const heartbeatMs = parseDuration(heartbeat);
  if (typeof deadBand === "number" && deadBand >= 0 && heartbeatMs !== undefined) return { deadBand, heartbeatMs };
  const message = `annotation ${annotations.filters}, ${name}: deadBand is a number of at least 0, heartbeat a duration like "1min"`;
  throw new MapperError("CONFIG_INVALID", message);
}
