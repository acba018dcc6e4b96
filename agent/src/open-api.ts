import type { Scope } from "@edgetwin/mapper-sdk";
import { createApi } from "./api/api.ts";
import { type BusSources, busMetrics } from "./api/bus-metrics.ts";
import { cloudMetrics } from "./api/cloud-metrics.ts";
import { sinkMetrics } from "./api/sink-metrics.ts";
import type { ChosenBoard } from "./board.ts";
import type { CloudDoor } from "./cloud/cloud-door.ts";
import type { AgentConfig } from "./config/config.ts";
import type { Core } from "./core.ts";
import type { Discovery } from "./discovery/discovery.ts";
import { doorsOnDisk } from "./doors-on-disk.ts";
import type { History } from "./history/history.ts";
import type { MapperStatus } from "./mappers/mapper-status.ts";
import type { Sinks } from "./sinks/open-sinks.ts";
import { loadToken } from "./token.ts";
import { version } from "./version.ts";

/** Where the REST API listens; undefined where it does not. */
export interface ApiDoors {
  readonly socket: string | undefined;
  readonly port: number | undefined;
}

/** What the doors show. */
export interface ApiParts {
  readonly core: Core;
  readonly sources: BusSources & { readonly sinks: Pick<Sinks, "list"> };
  readonly mappers: () => readonly MapperStatus[];
  readonly discovery: Discovery;
  readonly history: History | undefined;
  readonly board: ChosenBoard;
  readonly cloud: Pick<CloudDoor, "status">;
}

/**
 * Opens the configured doors of the REST API, owned by `scope`. What has to be written for a door on a disk that takes no
 * writes costs that door only: the agent must go on to drive its outputs.
 *
 * @throws AgentError `START_FAILED` when a door cannot be had for another reason.
 */
export async function openApi(
  config: AgentConfig,
  { core, sources, mappers, discovery, history, board, cloud }: ApiParts,
  scope: Scope,
): Promise<ApiDoors> {
  const { host, port, hosts, read } = config.api;
  const onDisk = doorsOnDisk(core);
  const token = port > 0 ? await onDisk("REST on TCP", () => loadToken(config.tokenFile)) : undefined;
  const { list } = sources.sinks;
  const metrics = () => {
    const now = core.clock.now();
    return [...busMetrics(sources), ...sinkMetrics(list(), now), ...cloudMetrics(cloud.status(), now)];
  };
  const api = scope.use(
    createApi({
      core,
      version,
      hosts,
      read,
      system: {
        board: board.description,
        lines: async () => (await board.board.gpio.lines?.()) ?? [],
        buses: () => sources.queues.reports(),
        history: history && (() => history.figures),
      },
      metrics,
      mappers,
      discovery,
      sinks: list,
      ...(history && { history: (...asked) => history.past(...asked) }),
      cloud: () => cloud.status(),
      ...(token !== undefined && { token }),
    }),
  );
  const listenUnix = async () => {
    await api.listenUnix(config.socket);
    return config.socket;
  };
  return {
    socket: await onDisk("REST on the Unix socket", listenUnix),
    port: token === undefined ? undefined : await api.listenTcp({ host, port }),
  };
}
