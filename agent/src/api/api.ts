import type { Server } from "node:http";
import { Scope } from "@edgetwin/mapper-sdk";
import type { MetricFamily } from "@edgetwin/program";
import type { CloudStatus } from "../cloud/cloud-status.ts";
import type { Core } from "../core.ts";
import type { Discovery } from "../discovery/discovery.ts";
import { AgentError } from "../errors.ts";
import type { MapperStatus } from "../mappers/mapper-status.ts";
import { MethodLog } from "../methods/method-log.ts";
import type { SinkStatus } from "../sinks/sinks.ts";
import { agentMetrics } from "./agent-metrics.ts";
import { type ApiLimits, type ApiState, defaultLimits } from "./api-state.ts";
import { Feed } from "./feed.ts";
import { createGuard, type Guard, type GuardOptions } from "./guard.ts";
import { createHandler } from "./handler.ts";
import { createHttpServer, listenTcp, listenUnix } from "./listen.ts";
import { mapperMetrics } from "./mapper-metrics.ts";
import { createReadiness } from "./readiness.ts";
import { RequestMeter } from "./request-meter.ts";
import { Router } from "./router.ts";
import { allRoutes } from "./routes/all.ts";
import type { SystemParts } from "./routes/system.ts";
import { TwinMeter } from "./twin-meter.ts";

/** What the REST API is made of. */
export interface ApiOptions {
  readonly core: Core;
  /** Version of the agent, as shown to clients. */
  readonly version: string;
  /** What TCP clients have to send as bearer token. Without one there is no TCP listener. */
  readonly token?: string;
  /** Host names under which TCP clients may reach the agent, besides the loopback ones. */
  readonly hosts?: readonly string[];
  /** Who may read on TCP. Default `token`. */
  readonly read?: GuardOptions["read"];
  /** What the agent runs on. */
  readonly system?: SystemParts;
  /** More figures for `/metrics`, e.g. those of the message bus. */
  readonly metrics?: () => readonly MetricFamily[];
  /** Who drives devices, best first. */
  readonly mappers?: () => readonly MapperStatus[];
  /** Where reported values go, and how that goes. */
  readonly sinks?: () => readonly SinkStatus[];
  /** The connection to the cloud. */
  readonly cloud?: () => CloudStatus | undefined;
  /** Looks for devices. */
  readonly discovery?: Discovery;
  /** What reported values were. */
  readonly history?: ApiState["history"];
  readonly limits?: Partial<ApiLimits>;
}

/** The REST API. Disposing it closes every listener and every open answer. */
export interface Api extends AsyncDisposable {
  /** Listens on a Unix socket that the owner and the group may use, without a token. Rejects with `START_FAILED`. */
  listenUnix(path: string): Promise<void>;
  /** Listens on TCP with a token and returns the port; host `127.0.0.1` by default. Rejects with `START_FAILED`. */
  listenTcp(address: { readonly host?: string; readonly port: number }): Promise<number>;
}

/** Builds the REST API of `core`; it listens nowhere yet. */
export function createApi({
  core,
  version,
  token,
  hosts = [],
  read = "token",
  system,
  metrics,
  mappers = () => [],
  sinks = () => [],
  cloud = () => undefined,
  discovery,
  history,
  limits,
}: ApiOptions): Api {
  const scope = new Scope();
  const allLimits = { ...defaultLimits, ...limits };
  const feed = scope.use(new Feed(core, allLimits));
  const twins = scope.use(new TwinMeter(core.engine));
  const requests = new RequestMeter();
  const router = new Router(allRoutes);
  const state: ApiState = {
    version,
    routes: allRoutes,
    limits: allLimits,
    feed,
    readiness: createReadiness(core),
    discovery,
    history,
    system,
    methodLog: new MethodLog(core),
    sinks,
    cloud,
    countRefusal: () => twins.countRefusal(),
    mappers,
    metrics: async () => [
      ...(await agentMetrics(core, version)),
      ...twins.families(),
      requests.family(),
      ...feedMetrics(feed),
      ...mapperMetrics(mappers()),
      ...(metrics?.() ?? []),
    ],
  };
  const open = (guard: Guard | undefined): Server => {
    const server = createHttpServer(createHandler({ core, state, router, requests, guard }), allLimits.connections);
    scope.defer(() => close(server));
    return server;
  };
  return {
    listenUnix: (path) => listenUnix(open(undefined), path),
    async listenTcp({ host = "127.0.0.1", port }) {
      if (!token) {
        throw new AgentError(
          "START_FAILED",
          `${host}:${port} needs a token; configure one, or use the Unix socket only`,
        );
      }
      return await listenTcp(open(createGuard({ token, hosts, read, clock: core.clock })), { host, port });
    },
    [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
  };
}

function feedMetrics({ figures }: Feed): readonly MetricFamily[] {
  return [
    {
      name: "edgetwin_watchers",
      type: "gauge",
      help: "Open watches.",
      samples: [{ value: figures.watchers }],
    },
    {
      name: "edgetwin_watch_resyncs_total",
      type: "counter",
      help: "Times a watch was too slow and had to start over.",
      samples: [{ value: figures.resyncs }],
    },
  ];
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
