import { type Clock, type Log, MapperError } from "@edgetwin/mapper-sdk";
import type { Sink, SinkTarget } from "@edgetwin/mapper-sdk/sinks";
import type { Device } from "@edgetwin/models";
import type { AgentConfig } from "../config/config.ts";
import type { DeviceEntry } from "../registry/registry.ts";
import type { QueueStorage } from "../store/queue/queue-storage.ts";
import type { TwinEngine } from "../twin/engine.ts";
import { type PushRoute, pushRoutes } from "./push-routes.ts";
import { type SampledProperty, Sampler } from "./sampler.ts";
import { sinkCatalogue } from "./sink-catalogue.ts";
import type { RunningSinks, SinkStatus } from "./sinks.ts";
import { keyOf, Targets } from "./targets.ts";

/** What sinks are made of. */
export interface SinkParts {
  readonly config: AgentConfig["sinks"];
  readonly credentials: AgentConfig["credentials"];
  readonly flushMs: number;
  readonly storage: QueueStorage;
  readonly engine: TwinEngine;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  /** Turns a configured package into something `import` takes. */
  readonly resolve: (name: string) => string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

interface CheckedRoute {
  readonly route: PushRoute;
  readonly sink: Sink;
  readonly target: SinkTarget;
}

/** What of a device can be pushed, and what not and why. */
interface CheckedPlan {
  readonly routes: readonly CheckedRoute[];
  readonly refused: readonly { readonly sink: string; readonly reason: string }[];
}

/** Starts what carries reported values out of the agent, with what is still in the queue from before. */
export async function runSinks(parts: SinkParts): Promise<RunningSinks> {
  const { engine, clock, config, log, resolve } = parts;
  const catalogue = sinkCatalogue(config.packages, { resolve, log });
  const targets = await Targets.open(parts, catalogue);
  const sampler = new Sampler(engine, clock);
  const refused = new Map<string, CheckedPlan["refused"]>();
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = (action: () => Promise<void>) => {
    turn = turn.then(action).catch((error: unknown) => log.error("sinks could not be changed", { error }));
  };

  async function checked(device: Device, names: readonly string[]): Promise<CheckedPlan> {
    const { routes, problems } = pushRoutes(device, names);
    const found = await Promise.all(routes.map(async (route) => ({ route, sink: await catalogue.find(route.sink) })));
    const good: CheckedRoute[] = [];
    const bad = problems.map((reason) => ({ sink: "", reason }));
    for (const { route, sink } of found) {
      try {
        if (typeof sink === "string") throw new MapperError("CONFIG_INVALID", `${route.where}: ${sink}`);
        good.push({ route, sink, target: sink.check(route.raw, route.where) });
      } catch (error) {
        if (!(error instanceof MapperError)) throw error;
        bad.push({ sink: route.sink, reason: error.message });
      }
    }
    return { routes: good, refused: bad };
  }

  async function configure(entry: DeviceEntry, since: number): Promise<void> {
    const { id } = entry;
    const plan = isPushedByItsMapper(entry) ? nothing : await checked(entry.device, propertiesOf(entry));
    refused.set(id, plan.refused);
    for (const { reason } of plan.refused) log.warn("values are not pushed", { device: id, reason });
    const sampled: SampledProperty[] = [];
    for (const { route, sink, target } of plan.routes) {
      const outlet = targets.use(id, { route, sink, target });
      if (typeof outlet === "string") {
        refused.set(id, [...(refused.get(id) ?? []), { sink: sink.name, reason: outlet }]);
        log.warn("values are not pushed", { device: id, reason: outlet });
        continue;
      }
      const { property, cycleMs, anyQuality } = route;
      sampled.push({
        property,
        cycleMs,
        anyQuality,
        take(reported, { type }) {
          const unit = engine.device(id)?.shape.properties.get(property)?.unit;
          outlet(reported, { type, ...(unit !== undefined && { unit }) });
        },
      });
    }
    targets.keepOnly(id, new Set(plan.routes.map(keyOf)));
    sampler.set(id, sampled, since);
  }

  return {
    inspect: async (device, names) => (await checked(device, names)).refused.map(({ reason }) => reason),
    apply: (device, since) => inTurn(() => configure(device, since)),
    remove: (id) =>
      inTurn(async () => {
        sampler.remove(id);
        refused.delete(id);
        targets.keepOnly(id, new Set());
      }),
    async settled() {
      await turn;
    },
    list: () => [
      ...targets.list(),
      ...[...refused].flatMap(([id, reasons]) => reasons.map((entry) => refusedStatus(id, entry))),
    ],
    async [Symbol.asyncDispose]() {
      await turn;
      sampler.takeAll();
      sampler[Symbol.dispose]();
      await targets[Symbol.asyncDispose]();
    },
  };
}

const nothing: CheckedPlan = { routes: [], refused: [] };

/**
 * `data` of a device of an older version was sent by its MQTT mapper itself, past edgecore. Such a mapper still does that;
 * for a device of ours the agent does.
 */
const isPushedByItsMapper = ({ mapper, manifest, device }: DeviceEntry): boolean =>
  mapper === undefined && manifest.apiVersion !== device.apiVersion;

/** Names of the properties of a device's model. */
const propertiesOf = ({ model }: Pick<DeviceEntry, "model">): readonly string[] =>
  (model?.spec.properties ?? []).map(({ name }) => name);

const refusedStatus = (device: string, { sink, reason }: { sink: string; reason: string }): SinkStatus => ({
  sink: sink === "" ? "-" : sink,
  address: "-",
  state: "refused",
  reason,
  devices: [device],
  queued: 0,
  dropped: 0,
  sent: 0,
  failures: 0,
  refused: 0,
});
