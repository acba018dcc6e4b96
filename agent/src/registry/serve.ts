import {
  type Awaitable,
  type DeviceConfig,
  didYouMean,
  type Mapper,
  MapperError,
  type Model,
  type Property,
  type Protocol,
  type Safety,
  type Value,
} from "@edgetwin/mapper-sdk";
import { type Device, type DeviceModel, ModelError, modelOf } from "@edgetwin/models";
import type { DevicePlan } from "../runner/plan.ts";
import { emptyShape } from "../twin/configure.ts";
import type { DeviceShape } from "../twin/types.ts";
import { cyclesOf, filtersOf } from "./cadence.ts";
import type { Catalogue, Part } from "./catalogue.ts";
import { type Choice, chooseMapper } from "./choose-mapper.ts";
import { isForeign } from "./foreign-part.ts";
import type { ReferenceSource } from "./reference-source.ts";
import { discreet, resolvedConfig } from "./resolved-config.ts";
import { verifyOf } from "./verify.ts";

/** How a device is to be run, as far as it can be said at once. */
export interface Planned {
  /** Undefined when there is nothing to choose for: no model, or one that cannot be used. */
  readonly choice: Choice | undefined;
  /** A promise while a mapper in another process is asked what it makes of the configuration. Never rejects. */
  readonly plan: DevicePlan | Promise<DevicePlan>;
  /** What manifest and model say, before any mapper narrows it. */
  readonly shape: DeviceShape;
}

/** How a device is to be run by what is installed. Touches no hardware; what does not fit is a refusal, never an error. */
export function planFor(
  device: Device,
  deviceModel: DeviceModel | undefined,
  { catalogue, references }: { readonly catalogue: Catalogue; readonly references?: ReferenceSource },
): Planned {
  if (!deviceModel) {
    const reason = `its model ${device.spec.deviceModelRef?.name ?? "(none)"} has not been applied`;
    return { choice: undefined, plan: { kind: "unserved", reason, shape: emptyShape }, shape: emptyShape };
  }
  let shape = emptyShape;
  let choice: Choice | undefined;
  try {
    const model = sharedModel(deviceModel);
    shape = shapeOf(model, true);
    choice = chooseMapper(device, deviceModel, model, catalogue);
    return { choice, shape, plan: byChoice(choice, { device, deviceModel, model, shape, references }) };
  } catch (error) {
    return { choice, shape, plan: refusal(error, shape) };
  }
}

/** Who would serve the device now; undefined when there is nothing to choose for. */
export function choiceFor(
  device: Device,
  deviceModel: DeviceModel | undefined,
  catalogue: Catalogue,
): Choice | undefined {
  try {
    return deviceModel && chooseMapper(device, deviceModel, sharedModel(deviceModel), catalogue);
  } catch {
    return undefined; // its plan says what is wrong with the model
  }
}

const refusal = (error: unknown, shape: DeviceShape): DevicePlan => ({
  kind: "refused",
  reason: reasonOf(error),
  shape: { ...shape, served: true },
});

/** Whatever a mapper throws costs its devices, never the agent: with it in the store, the agent would not start again. */
function reasonOf(error: unknown): string {
  if (error instanceof MapperError || error instanceof ModelError) return error.message;
  // The message and the innermost frame: where to look.
  const place = error instanceof Error ? error.stack?.match(/^\s+(at .*)$/m)?.[1] : undefined;
  return `a bug in its mapper: ${String(error)}${place === undefined ? "" : ` ${place}`}`;
}

interface Subject {
  readonly device: Device;
  readonly deviceModel: DeviceModel;
  readonly model: Model;
  readonly shape: DeviceShape;
  readonly references: ReferenceSource | undefined;
}

interface Parts {
  readonly model: Model;
  readonly mapper: Mapper;
}

function byChoice(choice: Choice, subject: Subject): DevicePlan | Promise<DevicePlan> {
  const { device, deviceModel, model, shape } = subject;
  if (choice.kind === "away") {
    return { kind: "away", protocol: choice.protocol, reason: choice.reason, retry: false, shape };
  }
  const unserved = (reason: string): DevicePlan => ({ kind: "unserved", reason, shape: { ...shape, served: false } });
  if (choice.kind === "none") return unserved(choice.reason);
  const { part } = choice;
  if (part.kind === "mapper") return serve(choice, part, subject);
  const located = locatedNames(device, deviceModel, part);
  const properties = Object.entries(model.properties).filter(([name]) => located.has(name));
  if (properties.length === 0)
    return unserved(`no property of it has a visitor that says where it lives on ${part.protocol}`);
  return serve(choice, sharedMapper(part, model, properties), subject);
}

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
function locatedNames(device: Device, deviceModel: DeviceModel, part: Part): ReadonlySet<string> {
  const ofDevice = device.spec.properties ?? [];
  // A mapper of KubeEdge knows best what it needs.
  if (isForeign(part)) return new Set(ofDevice.map(({ name }) => name));
  const located = [...ofDevice, ...(deviceModel.spec.properties ?? [])];
  return new Set(
    located.filter(({ visitors }) => Object.keys(visitors?.configData ?? {}).length > 0).map(({ name }) => name),
  );
}

type Chosen = Extract<Choice, { kind: "part" }>;

function serve(
  { part, source }: Chosen,
  plain: Mapper,
  { device, deviceModel, model, shape: declared, references }: Subject,
): DevicePlan | Promise<DevicePlan> {
  checkCompatible(model, plain);
  const { namespace = "default" } = device.metadata;
  const { config, secrets } = resolvedConfig(configOf(device, deviceModel, { model, mapper: plain }), (reference) =>
    references?.lookUp(namespace, reference),
  );
  const mapper = discreet(plain, secrets);
  const [cycles, filters] = [cyclesOf(device), filtersOf(device)];
  const planned = (narrowed: Model): DevicePlan => {
    const properties = narrowedProperties(model, narrowed);
    const safety = mergeSafety(model.safety, narrowed.safety);
    const shape: DeviceShape = { properties, served: true, ...(safety && { safety }), ...(verify && { verify }) };
    const patience = isForeign(part) ? { patienceMs: part.patienceMs(device) } : {};
    return { kind: "served", part, source, mapper, config, shape, cycles, filters, ...patience };
  };
  const verify = verifyOf(device, { model, mapper });
  const narrowed = mapper.modelFor(config);
  if (!isPromise(narrowed)) return planned(narrowed);
  return Promise.resolve(narrowed)
    .then(planned)
    .catch((error: unknown) => unanswered(error, { part, source, declared }));
}

const isPromise = <T>(value: Awaitable<T>): value is PromiseLike<T> =>
  typeof value === "object" && value !== null && "then" in value;

/** A mapper in another process that is out of reach costs time only; one that says no is final. */
function unanswered(
  error: unknown,
  { part, source, declared }: { part: Part; source: string; declared: DeviceShape },
): DevicePlan {
  if (!(error instanceof MapperError) || !error.retryable) return refusal(error, declared);
  const reason = `its mapper ${source} did not say whether it takes the configuration: ${error.message}`;
  return { kind: "away", protocol: part.protocol, reason, retry: true, shape: declared };
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
