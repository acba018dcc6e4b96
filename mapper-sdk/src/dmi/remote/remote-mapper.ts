import { MapperError } from "../../errors.ts";
import type { DeviceConfig, Mapper } from "../../mapper.ts";
import type { Model } from "../../model.ts";
import type { Protocol } from "../../protocol.ts";
import type { Value } from "../../value.ts";
import { configToWire } from "../host/config-value.ts";
import type { PartFacts } from "../host/messages.ts";
import { type ModelFacts, type modelFacts, modelFromWire, modelToWire } from "../host/model-facts.ts";
import { methodsFromWire } from "../host/part-facts.ts";
import { valueToWire } from "../host/value.ts";
import type { DraftOf } from "../wire/message.ts";
import { errorFrom, type HostConnection } from "./host-connection.ts";
import { type Configured, openRemote } from "./remote-device.ts";
import { remoteDiscoverer } from "./remote-discoverer.ts";

/** A mapper or protocol of another process, as one of this process. */
export function remotePart(host: HostConnection, facts: PartFacts): Mapper | Protocol {
  const { id, kind, protocol, model } = facts;
  const discover = facts.discoverer && { discover: remoteDiscoverer(host, id, facts.discoverer) };
  if (kind === "protocol") return { ...remoteProtocol(host, { id, protocol }), ...discover };
  if (!model) throw new MapperError("DEVICE_IO", `the mapper process ${host.name} described a mapper without a model`);
  const methods = methodsFromWire(facts.methods);
  return {
    ...remoteMapper(host, { id, protocol }, modelFromWire(model)),
    ...(methods.length > 0 && { methods }),
    ...discover,
    ...(facts.completes && { defaults: withConstants }),
  };
}

interface Part {
  readonly id: string;
  readonly protocol: string;
}

function remoteProtocol(host: HostConnection, part: Part): Protocol {
  const serve = <M extends Model>(model: M) =>
    remoteMapper(host, part, model, modelToWire(model)) as unknown as Mapper<M>;
  return {
    kind: "protocol",
    protocol: part.protocol,
    serve,
    bind: (model, visitors) => ({
      ...serve(model),
      defaults: (constants): DeviceConfig => ({
        visitors: typeof visitors === "function" ? visitors(constants) : visitors,
      }),
    }),
  };
}

/** @param sent the model for the other side, when the part is a protocol that has none of its own. */
function remoteMapper(
  host: HostConnection,
  { id, protocol }: Part,
  model: Model,
  sent?: DraftOf<typeof modelFacts>,
): Mapper {
  const configured = (config: DeviceConfig): Configured => ({
    part: id,
    ...(sent && { model: sent }),
    ...(config.connection !== undefined && { connection: configToWire(config.connection, "connection") }),
    ...(config.visitors !== undefined && { visitors: configToWire(config.visitors, "visitors") }),
    constants: constantsIn(config),
  });
  return {
    kind: "mapper",
    protocol,
    model,
    async modelFor(config) {
      try {
        const { model: narrowed } = await host.client.narrow(configured(config), { signal: host.ended });
        return modelFromWire(narrowed as ModelFacts);
      } catch (error) {
        throw errorFrom(host, error);
      }
    },
    open: async (config, environment) => await openRemote(host, configured(config), environment),
  };
}

/**
 * Where the constants of a manifest's model travel: the defaults are made on the other side, and merging settings keeps
 * what has a symbol for a name.
 */
const constantsKey = Symbol("constants of the model");

const withConstants = (constants: Readonly<Record<string, Value>>): DeviceConfig => ({
  connection: { [constantsKey]: constants },
});

function constantsIn({ connection }: DeviceConfig): Configured["constants"] {
  const found = (connection as { readonly [constantsKey]?: Readonly<Record<string, Value>> } | undefined)?.[
    constantsKey
  ];
  return new Map(Object.entries(found ?? {}).map(([name, value]) => [name, valueToWire(value)]));
}
