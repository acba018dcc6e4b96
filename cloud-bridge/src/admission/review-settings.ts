import { type DeviceConfig, type Mapper, MapperError, type Protocol } from "@edgetwin/mapper-sdk";
import { type Device, type DeviceModel, modelOf, referenceOf, withModelDefaults } from "@edgetwin/models";
import { type Cause, invalidValue, type Review } from "./cause.ts";

/** The protocols whose settings can be checked, by name. Devices of others pass: their mapper is at the edge. */
export type Protocols = ReadonlyMap<string, Protocol>;

/** A device as its mapper will get it. */
export interface ServedDevice {
  readonly mapper: Mapper;
  readonly config: DeviceConfig;
}

type Settings = Readonly<Record<string, unknown>>;

/** How a device will be served; undefined when its protocol is unknown here, or no property says where it lives. */
export function servedBy(device: Device, model: DeviceModel, protocols: Protocols): ServedDevice | undefined {
  const protocol = protocols.get(device.spec.protocol?.protocolName || model.spec.protocol || "");
  if (!protocol) return undefined;
  const { spec } = withModelDefaults(device, model);
  const ofModel = (model.spec.properties ?? []).map(({ name, visitors }) => ({ name, visitors }));
  const visitors = new Map(
    [...ofModel, ...(spec.properties ?? [])].map(({ name, visitors: given }) => [name, given?.configData ?? {}]),
  );
  const typed = modelOf(model).model;
  const located = Object.entries(typed.properties).filter(([name]) => Object.keys(visitors.get(name) ?? {}).length > 0);
  if (located.length === 0) return undefined;
  const config = {
    connection: spec.protocol?.configData ?? {},
    visitors: Object.fromEntries(located.map(([name]) => [name, visitors.get(name)])),
  };
  try {
    return { mapper: protocol.serve({ ...typed, properties: Object.fromEntries(located) }), config };
  } catch (error) {
    if (error instanceof MapperError) return undefined;
    throw error;
  }
}

/**
 * Checks connection and visitors by the schemas of their mapper. What is missing is a warning only: a mapper made for the
 * model may bring it at the edge. What a reference stands for is known at the edge alone.
 */
export function reviewSettings(device: Device, { mapper, config }: ServedDevice): Review {
  const causes: Cause[] = [];
  const warnings: string[] = [];
  for (const line of problemsOf(mapper, config)) {
    const place = placeOf(line, config);
    if (!place || hasReference(place.value)) continue;
    const field = fieldOf(place, device);
    if (place.value === undefined) warnings.push(`${field}: ${place.message}`);
    else causes.push(invalidValue(field, place.value, place.message));
  }
  return { causes, warnings };
}

function problemsOf(mapper: Mapper, config: DeviceConfig): readonly string[] {
  try {
    void mapper.modelFor(config);
    return [];
  } catch (error) {
    if (!(error instanceof MapperError)) throw error;
    return error.message.split("\n");
  }
}

interface Place {
  readonly root: "connection" | "visitors";
  /** The property whose visitor it is. */
  readonly property?: string;
  readonly path: readonly string[];
  readonly value: unknown;
  readonly message: string;
}

/** Where a line such as `visitors.red.pin: expected a pin` points to. */
function placeOf(line: string, { connection, visitors = {} }: DeviceConfig): Place | undefined {
  const [, root, rest = "", message] = /^(connection|visitors)((?:\.[^:\s]+)*): (.*)$/s.exec(line) ?? [];
  if (message === undefined) return undefined;
  const path = rest.split(".").slice(1);
  if (root === "connection") return { root, path, value: at(connection, path), message };
  const [property = "", ...inside] = path;
  return { root: "visitors", property, path: inside, value: at(visitors[property], inside), message };
}

const at = (settings: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? (value as Settings)[key] : undefined),
    settings,
  );

/** Whether it is a reference or has one in it. */
const hasReference = (value: unknown): boolean =>
  referenceOf(value) !== undefined ||
  (typeof value === "object" && value !== null && Object.values(value).some(hasReference));

/** Where in the manifest it stands; in the model when the device does not say it itself. */
function fieldOf({ root, property, path }: Place, { spec }: Device): string {
  const tail = path.map((key) => `.${key}`).join("");
  if (root === "connection") return `spec.protocol.configData${tail}`;
  const index = (spec.properties ?? []).findIndex(({ name }) => name === property);
  return index < 0 ? "spec.deviceModelRef.name" : `spec.properties[${index}].visitors.configData${tail}`;
}
