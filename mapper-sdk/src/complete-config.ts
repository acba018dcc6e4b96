import type { DeviceConfig, Mapper } from "./mapper.ts";
import type { Model } from "./model.ts";
import type { Value } from "./value.ts";

/** What a manifest says about one device of a mapper, and the constants its model brings. */
export interface GivenConfig {
  readonly config: DeviceConfig;
  readonly constants?: Readonly<Record<string, Value>>;
}

/**
 * The configuration to open a device with: what the manifest says, completed by the mapper's defaults, setting by
 * setting; the manifest's own win. Checks nothing: what is no object stays as it is, for the schemas to refuse.
 */
export function completeConfig<M extends Model>(
  mapper: Mapper<M>,
  { config, constants = {} }: GivenConfig,
): DeviceConfig {
  const defaults = mapper.defaults?.(constants);
  if (defaults === undefined) return config;
  const connection = merged(defaults.connection, config.connection);
  const visitors = mergedVisitors(defaults.visitors, config.visitors);
  return { ...(connection !== undefined && { connection }), ...(visitors && { visitors }) };
}

type Settings = Readonly<Record<string, unknown>>;

const isSettings = (value: unknown): value is Settings =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function merged(fallback: unknown, own: unknown): unknown {
  if (own === undefined) return fallback;
  return isSettings(own) && isSettings(fallback) ? { ...fallback, ...own } : own;
}

function mergedVisitors(fallback: Settings | undefined, own: Settings | undefined): Settings | undefined {
  if (fallback === undefined || (own !== undefined && !isSettings(own))) return own ?? fallback;
  const names = new Set([...Object.keys(fallback), ...Object.keys(own ?? {})]);
  return Object.fromEntries(
    [...names].map((name) => [name, merged(ownValue(fallback, name), ownValue(own ?? {}, name))]),
  );
}

const ownValue = (settings: Settings, name: string) => (Object.hasOwn(settings, name) ? settings[name] : undefined);
