import { type Clock, delay, type Log, Scope, systemClock } from "@edgetwin/mapper-sdk";
import { applyFiles, type ManifestTrouble } from "./apply-files.ts";
import type { Backoff } from "./backoff.ts";
import { type ChosenBoard, chooseBoard } from "./board.ts";
import type { Bus } from "./bus/bus.ts";
import { openBus } from "./bus/open-bus.ts";
import { keepDeviceProfile } from "./bus/profile-file.ts";
import { connectTwinTopics } from "./bus/twin-topics.ts";
import { CloudDoor } from "./cloud/cloud-door.ts";
import { keepReferenced } from "./cloud/references/keep-referenced.ts";
import { ReferenceStore } from "./cloud/references/reference-store.ts";
import type { AgentConfig } from "./config/config.ts";
import type { Core } from "./core.ts";
import { credentialOf } from "./credentials/credential-of.ts";
import { Discovery } from "./discovery/discovery.ts";
import { extendBoard } from "./extend-board.ts";
import { openHistory } from "./history/open-history.ts";
import { openHomeAssistant } from "./home-assistant/open-home-assistant.ts";
import { listMappers } from "./mappers/list-mappers.ts";
import type { MapperStatus } from "./mappers/mapper-status.ts";
import { type OutsideMappers, openOutside } from "./mappers/open-outside.ts";
import { openApi } from "./open-api.ts";
import { recordedBoard } from "./record-board.ts";
import { MapperCatalogue } from "./registry/catalogue.ts";
import { createRegistry, type RunningRegistry } from "./registry/create-registry.ts";
import { type LoadOptions, loadMappers } from "./registry/load-mappers.ts";
import { resolverFrom } from "./registry/resolve-package.ts";
import type { LoopWatch } from "./runner/pulse.ts";
import { defaultLimits } from "./runner/session.ts";
import { openSinks } from "./sinks/open-sinks.ts";
import { openSparkplug } from "./sparkplug/open-sparkplug.ts";
import { openStore } from "./store/open-store.ts";
import { createEngine } from "./twin/create-engine.ts";

/** An agent that runs. Disposing it drives the fail-safe values, stores what is left and closes everything. */
export interface RunningAgent extends AsyncDisposable {
  readonly core: Core;
  readonly board: ChosenBoard;
  /** What is wrong with configured manifests, as found at the start. */
  readonly manifestTroubles: readonly ManifestTrouble[];
  /** Applies the configured manifests again, as at the start. */
  reload(): Promise<void>;
  /** Who drives devices, best first. */
  mappers(): readonly MapperStatus[];
  /** Undefined when the message bus is switched off. */
  readonly bus: Bus | undefined;
  /** The connection to the cloud that this node joined. */
  readonly cloud: CloudDoor;
  /** Secrets and ConfigMaps that the cloud sent. */
  readonly references: ReferenceStore;
  /** Where the REST API listens on TCP; undefined when it does not. */
  readonly apiPort: number | undefined;
  /** Its Unix socket; undefined when the disk did not take one. */
  readonly apiSocket: string | undefined;
}

/** What may be replaced: time, chance, where the log goes, the board; and what ends a start that is under way. */
export interface AgentParts {
  readonly log: Log;
  /** Gets what mappers in processes of their own log, each at its own level; default `log`. */
  readonly processLog?: Log;
  /** How long to wait before a mapper process is started again. */
  readonly restarts?: Backoff;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly signal?: AbortSignal;
  /** Is told when the loops that drive devices turn. */
  readonly watch?: LoopWatch;
  /** Instead of the configured one; the agent owns it from now on. */
  readonly board?: ChosenBoard;
}

/** How long doors stay closed for devices that are slow to open. */
const restoreMs = 5_000;
/** How long nothing is opened while a package loads. */
const loadPatienceMs = 2_000;

/**
 * Starts an agent. Stored twins come first: devices are opened and outputs restored before anything touches the network.
 *
 * @throws AgentError `START_FAILED` or `CONFIG_INVALID` naming what is in the way; the reason of `signal` when it aborts
 * before everything is open, after what was opened is closed again.
 */
export async function startAgent(config: AgentConfig, parts: AgentParts): Promise<RunningAgent> {
  const { log, clock = systemClock, random = Math.random, signal = new AbortController().signal } = parts;
  await using scope = new Scope();
  const resolve = resolverFrom(config.directory);

  const { flush, causesPerProperty } = config.store;
  const directory = config.stateDirectory;
  const store = scope.use(await openStore({ directory, clock, log, flushMs: flush, limits: { causesPerProperty } }));
  const stored = await store.load();
  const condition = store.condition();
  const told = condition.state === "degraded" ? condition.reason : undefined; // the store logged that itself
  for (const notice of stored.notices) if (notice !== told) log.warn("store", { notice });
  signal.throwIfAborted();
  const chosen = parts.board ?? (await chooseBoard(config.board, { resolve, clock, log }));
  const recorded = await recordedBoard(chosen.board, config.board, { scope, clock, log });
  const board = { ...chosen, board: await extendBoard(recorded, config.board.extensions, { resolve, clock }) };
  scope.use(board.board);
  const catalogue = new MapperCatalogue(log);
  await loadInline(config, { catalogue, resolve, clock, log, signal });
  const { credentials } = config;
  const credential = (name: string, address: string) => credentialOf(name, address, { credentials, env: process.env });
  const engine = scope.use(createEngine({ store, clock, log, stored }));
  const sinks = openSinks({
    ...{ config: config.sinks, credentials, flushMs: flush, storage: store.queue, stateDirectory: directory },
    ...{ engine, clock, log, random, resolve, env: process.env },
  });
  const { inspect } = sinks;
  // Closed after the registry: devices get their fail-safe values through the mappers that drive them.
  let outside: OutsideMappers | undefined;
  scope.defer(() => outside?.[Symbol.asyncDispose]());
  const references = new ReferenceStore(directory, log);
  const registry = scope.use(
    createRegistry({
      references,
      engine,
      store,
      board: board.board,
      catalogue,
      clock,
      log,
      random,
      limits: defaultLimits,
      inspect,
      credential,
      ...(parts.watch && { watch: parts.watch }),
    }),
  );
  // After the registry: the last readings of devices that close do not count, what waits is brought to the card.
  scope.use(sinks);
  const history = openHistory(config.history, { engine, storage: store.history, registry, clock, log });
  if (history) scope.use(history);
  const core: Core = { node: config.node, engine, registry, store, clock, log };
  const { processLog = log, restarts } = parts;
  outside = await openOutside({ config, core, catalogue, random, processLog, ...(restarts && { restarts }) });
  await registry.restore(stored.resources);
  await outside.restore();
  await outputsRestored({ registry, catalogue, clock }, signal);

  sinks.follow(registry);

  const bus = await openBus(config, core, scope);
  if (bus) scope.use(connectTwinTopics({ bus, core }));
  scope.use(keepDeviceProfile({ core, path: config.deviceProfile }));
  const { processFigures, linkFigures } = outside;
  const { pushes } = registry;
  const mappers = () =>
    listMappers({ catalogue, settings: config.mappers, registry, pushes, processFigures, linkFigures });
  const { queues } = registry;
  const discovery = new Discovery({ catalogue, board: board.board, queues, clock, log, credential });
  scope.defer(keepReferenced(registry, references));
  const { callPort } = config.cloud;
  const cloud = scope.use(
    new CloudDoor({
      ...{ core, stateDirectory: directory, random, references },
      ...{ reportMs: config.cloud.report, register: config.cloud.node },
      routing: { bus, services: config.cloud.services, ...(callPort !== undefined && { callPort }) },
    }),
  );
  const api = await openApi(
    config,
    { core, sources: { bus, queues, sinks }, mappers, discovery, history, board, cloud },
    scope,
  );
  signal.throwIfAborted();
  const manifestTroubles = await applyFiles(registry, config.manifests, log);

  await cloud.open();
  await openHomeAssistant(config, core, scope);
  await openSparkplug(config, core, scope);

  log.info("agent started", { node: config.node, board: board.description, devices: registry.devices().length });
  const owned = scope.move();
  const dispose = () => owned[Symbol.asyncDispose]();
  return {
    core,
    board,
    manifestTroubles,
    mappers,
    reload: async () => void (await applyFiles(registry, config.manifests, log)),
    bus,
    cloud,
    references,
    apiPort: api.port,
    apiSocket: api.socket,
    [Symbol.asyncDispose]: dispose,
  };
}

/** Loads the packages that run in the agent; one that takes long is not waited for, its devices are. */
async function loadInline({ mappers }: AgentConfig, options: LoadOptions & { readonly clock: Clock }): Promise<void> {
  for (const { name } of mappers) options.catalogue.announce(name);
  const enough = new AbortController();
  const inline = mappers.filter(({ isolation }) => isolation === "inline");
  const loading = loadMappers(inline, options).finally(() => enough.abort());
  await Promise.race([loading, delay(options.clock, loadPatienceMs, enough.signal).catch(() => {})]);
}

interface Restoring {
  readonly registry: RunningRegistry;
  readonly catalogue: MapperCatalogue;
  readonly clock: Clock;
}

/** Waits until every device was opened or failed to, but not for ever: a slow bus must not keep the doors closed. */
async function outputsRestored({ registry, catalogue, clock }: Restoring, signal: AbortSignal): Promise<void> {
  const enough = new AbortController();
  const stop = () => enough.abort();
  signal.addEventListener("abort", stop, { once: true });
  try {
    signal.throwIfAborted();
    await Promise.race([catalogue.settled().then(() => registry.settled()), delay(clock, restoreMs, enough.signal)]);
    signal.throwIfAborted();
  } finally {
    signal.removeEventListener("abort", stop);
    enough.abort();
  }
}
