import { didYouMean, type Log } from "@edgetwin/mapper-sdk";
import type { Sink } from "@edgetwin/mapper-sdk/sinks";
import { importFailure } from "../import-failure.ts";

/** The sinks of the agent itself. Each module is small; the libraries behind them are loaded when a target is opened. */
export const builtInSinks: Readonly<Record<string, () => Promise<Sink>>> = {
  http: async () => (await import("./kinds/http.ts")).http,
  mqtt: async () => (await import("./kinds/mqtt.ts")).mqtt,
  otel: async () => (await import("./kinds/otel.ts")).otel,
  influxdb2: async () => (await import("./kinds/influxdb2.ts")).influxdb2,
  redis: async () => (await import("./kinds/redis.ts")).redis,
  mysql: async () => (await import("./kinds/mysql.ts")).mysql,
  TDEngine: async () => (await import("./kinds/tdengine.ts")).tdengine,
};

/** Finds sinks by name. */
export interface SinkCatalogue {
  /** The sink, or why there is none, with the nearest name. */
  find(name: string): Promise<Sink | string>;
}

/**
 * The agent's own sinks and those of packages. A package that does not load costs only what needs it.
 *
 * @param resolve turns a configured name into something `import` takes.
 */
export function sinkCatalogue(
  packages: readonly string[],
  { resolve, log }: { readonly resolve: (name: string) => string; readonly log: Log },
): SinkCatalogue {
  let loading: Promise<ReadonlyMap<string, Sink>> | undefined;
  return {
    async find(name) {
      if (Object.hasOwn(builtInSinks, name)) return await (builtInSinks[name] as () => Promise<Sink>)();
      loading ??= loadPackages(packages, resolve, log);
      const loaded = await loading;
      const found = loaded.get(name);
      if (found) return found;
      const known = [...Object.keys(builtInSinks), ...loaded.keys()];
      return `there is no sink "${name}"${didYouMean(name, known) || `; known are ${known.join(", ")}; others are packages named in sinks.packages`}`;
    },
  };
}

async function loadPackages(
  packages: readonly string[],
  resolve: (name: string) => string,
  log: Log,
): Promise<ReadonlyMap<string, Sink>> {
  const loaded = new Map<string, Sink>();
  for (const name of packages) {
    try {
      const exported: readonly unknown[] = Object.values(await import(resolve(name)));
      const found = exported.filter(isSink);
      for (const sink of found) loaded.set(sink.name, sink);
      if (found.length === 0)
        log.error("sink package does not load", { package: name, reason: "it exports no sink (defineSink)" });
    } catch (error) {
      log.error("sink package does not load", { package: name, reason: importFailure(name, error) });
    }
  }
  return loaded;
}

const isSink = (part: unknown): part is Sink =>
  typeof part === "object" && part !== null && "kind" in part && part.kind === "sink";
