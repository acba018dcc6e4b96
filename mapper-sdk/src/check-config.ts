import { didYouMean } from "./did-you-mean.ts";
import type { Driver } from "./driver.ts";
import { MapperError } from "./errors.ts";
import type { DeviceConfig } from "./mapper.ts";
import type { Model } from "./model.ts";
import { parse, type Schema } from "./schema.ts";

/** A configuration after every schema has accepted it. */
export interface CheckedConfig<M extends Model> {
  readonly connection: unknown;
  /** By property name; a constant property without a visitor has none. */
  readonly visitors: Readonly<Record<string, unknown>>;
  /** The model as the visitors narrow it. */
  readonly model: M;
}

/** Checks connection and visitors; throws `CONFIG_INVALID` with one line for everything that is wrong. Touches no hardware. */
export function checkConfig<M extends Model>(driver: Driver<M>, config: DeviceConfig): CheckedConfig<M> {
  const problems: string[] = [];
  const collect = <T>(check: () => T): T | undefined => {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof MapperError)) throw error;
      problems.push(error.message);
      return undefined;
    }
  };

  const schema = driver.connection;
  const connection = schema && collect(() => parse(schema, config.connection ?? {}, "connection"));
  const raw = visitorsOf(config, problems);
  const names = Object.keys(driver.model.properties);
  for (const name of Object.keys(raw).filter((name) => !names.includes(name)))
    problems.push(`visitors.${name}: ${driver.model.name} has no such property${didYouMean(name, names)}`);

  const checked = Object.entries(driver.model.properties).map(([name, property]) => {
    const given = Object.hasOwn(raw, name) ? raw[name] : undefined;
    // A constant is what the manifest says it is; it lives on the device only when the manifest also says where.
    if (given === undefined && property.constant !== undefined) return { name, property, visitor: undefined };
    const visitor = collect(() => ({ value: visitorOf(driver.visitor, given, name) }));
    const narrowed = visitor && collect(() => driver.narrow?.(property, visitor.value, name));
    return { name, property: narrowed ?? property, visitor };
  });
  if (problems.length > 0) throw new MapperError("CONFIG_INVALID", problems.join("\n"));

  const visitors = Object.fromEntries(checked.flatMap(({ name, visitor }) => (visitor ? [[name, visitor.value]] : [])));
  if (!driver.narrow) return { connection, visitors, model: driver.model };
  const properties = Object.fromEntries(checked.map(({ name, property }) => [name, property]));
  return { connection, visitors, model: { ...driver.model, properties } };
}

function visitorsOf({ visitors }: DeviceConfig, problems: string[]): Readonly<Record<string, unknown>> {
  if (visitors === undefined || (typeof visitors === "object" && visitors !== null && !Array.isArray(visitors)))
    return visitors ?? {};
  problems.push("visitors: expected an object with one entry per property");
  return {};
}

const visitorOf = (schema: Schema, raw: unknown, name: string): unknown => parse(schema, raw ?? {}, `visitors.${name}`);
