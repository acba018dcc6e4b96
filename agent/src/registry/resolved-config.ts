import { type DeviceConfig, type Mapper, MapperError } from "@edgetwin/mapper-sdk";
import { formatReference, type Reference, resolveReferences } from "@edgetwin/models";

/** A configuration with values in place of references, and which of them nobody may read in a message. */
export interface ResolvedConfig {
  readonly config: DeviceConfig;
  readonly secrets: readonly string[];
}

/**
 * Puts values in place of references.
 *
 * @throws MapperError `CONFIG_INVALID` naming every Secret and ConfigMap that is missing.
 */
export function resolvedConfig(
  config: DeviceConfig,
  lookUp: (reference: Reference) => string | undefined,
): ResolvedConfig {
  const secrets = new Set<string>();
  const noted = (reference: Reference) => {
    const value = lookUp(reference);
    if (value !== undefined && value !== "" && reference.kind === "Secret") secrets.add(value);
    return value;
  };
  const connection = resolveReferences(config.connection, noted);
  const visitors = resolveReferences(config.visitors, noted);
  const missing = new Set([...connection.missing, ...visitors.missing].map(formatReference));
  if (missing.size > 0) {
    const message = `waits for ${[...missing].join(", ")}; create it in the namespace of the device, in the cloud of this node`;
    throw new MapperError("CONFIG_INVALID", message);
  }
  if (connection.value === config.connection && visitors.value === config.visitors) return { config, secrets: [] };
  return {
    config: {
      ...(connection.value !== undefined && { connection: connection.value }),
      ...(visitors.value !== undefined && { visitors: visitors.value as NonNullable<DeviceConfig["visitors"]> }),
    },
    secrets: [...secrets],
  };
}

/** The same mapper; what it says about a configuration has no secret in it. */
export function discreet(mapper: Mapper, secrets: readonly string[]): Mapper {
  if (secrets.length === 0) return mapper;
  const hide = (error: unknown): unknown => {
    if (!(error instanceof Error)) return error;
    const message = secrets.reduce((text, secret) => text.replaceAll(secret, "***"), error.message);
    if (message === error.message) return error;
    // Without the cause and the stack, which have the same text in them.
    return error instanceof MapperError ? new MapperError(error.code, message) : new Error(message);
  };
  // Written out: a mapper in another process is an object with methods of its class.
  return {
    ...{ kind: mapper.kind, protocol: mapper.protocol, model: mapper.model },
    ...(mapper.methods && { methods: mapper.methods }),
    ...(mapper.discover && { discover: mapper.discover }),
    ...(mapper.defaults && { defaults: (constants) => mapper.defaults?.(constants) ?? {} }),
    modelFor(config) {
      try {
        const narrowed = mapper.modelFor(config);
        if (!("then" in narrowed)) return narrowed;
        return Promise.resolve(narrowed).catch((error: unknown) => {
          throw hide(error);
        });
      } catch (error) {
        throw hide(error);
      }
    },
    async open(config, environment) {
      try {
        return await mapper.open(config, environment);
      } catch (error) {
        throw hide(error);
      }
    },
  };
}
