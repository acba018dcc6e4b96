import { type Clock, delay, type Log } from "@edgetwin/mapper-sdk";
import { importFailure } from "../import-failure.ts";
import type { MapperCatalogue } from "./catalogue.ts";
import { importParts } from "./import-parts.ts";
import { LoadWatch } from "./load-watch/load-watch.ts";

/** A package that runs inside the agent. */
export interface InlineMapper {
  /** What the catalogue calls it. */
  readonly name: string;
  /** Name or path of the package. */
  readonly package: string;
}

/** What loading takes. */
export interface LoadOptions {
  readonly catalogue: MapperCatalogue;
  /** Turns a configured name into something `import` takes. */
  readonly resolve: (name: string) => string;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborts when the agent stops. */
  readonly signal?: AbortSignal;
}

/** A package that loads longer than this has failed as far as the start of the agent is concerned. */
export const loadMs = 5_000;

/** What is wrong with a package that has nothing for the agent. */
export const noParts = "it exports neither a mapper (defineMapper) nor a protocol (defineProtocol)";

/**
 * Loads packages into the catalogue, all at once. One that cannot be loaded costs only the devices that need it; one
 * that takes longer than {@link loadMs} counts as failed until it comes, and is used then. Never rejects.
 */
export async function loadMappers(mappers: readonly InlineMapper[], options: LoadOptions): Promise<void> {
  for (const { name } of mappers) if (!options.catalogue.source(name)) options.catalogue.announce(name);
  const packages = mappers.map((mapper) => mapper.package).filter((name) => !name.startsWith(ourScope));
  using watch = packages.length > 0 ? new LoadWatch({ packages, patienceMs: loadMs }) : undefined;
  await Promise.all(
    mappers.map(async (mapper) => {
      await loadOne(mapper, options);
      watch?.loaded(mapper.package);
    }),
  );
}

/** Our own packages are known to return; watching the others takes a thread while they load. */
const ourScope = "@edgetwin/";

async function loadOne(mapper: InlineMapper, { catalogue, resolve, clock, log, signal }: LoadOptions): Promise<void> {
  const { name } = mapper;
  const fail = (reason: string) => {
    log.error("mapper package does not load", { package: mapper.package, reason });
    catalogue.fail(name, reason);
  };
  let isLate = false;
  const patience = new AbortController();
  const stop = () => patience.abort();
  signal?.addEventListener("abort", stop, { once: true });
  const loading = (async () => {
    try {
      const parts = await importParts(resolve(mapper.package));
      if (parts.length === 0) return fail(noParts);
      if (isLate) log.info("mapper package came late", { package: mapper.package });
      if (!signal?.aborted) catalogue.attach(name, parts);
    } catch (error) {
      fail(importFailure(mapper.package, error));
    } finally {
      patience.abort();
    }
  })();
  try {
    await Promise.race([loading, delay(clock, loadMs, patience.signal)]);
    if (patience.signal.aborted) return;
    isLate = true;
    fail(`it has been loading for more than ${loadMs / 1000} s; it is used as soon as it has loaded`);
  } catch {
    // It loaded or failed before its time was up, or the agent stops.
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}
