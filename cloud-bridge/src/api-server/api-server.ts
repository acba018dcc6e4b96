import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Clock, Log } from "@edgetwin/mapper-sdk";
import type { Reviewer } from "../admission/reviewer.ts";
import { BridgeError } from "../errors.ts";
import { createAuthenticate, type TokenUser } from "./access/authenticate.ts";
import { prepareStorage } from "./bootstrap.ts";
import { Collector } from "./collect/collector.ts";
import { RequestHandler } from "./http/request-handler.ts";
import type { Definition } from "./resources/custom-resources.ts";
import { createRegistry } from "./resources/registry.ts";
import { openStorage } from "./storage/open-storage.ts";
import type { Core } from "./write/core.ts";

/** How the API is served. */
export interface ApiServerOptions {
  /** The database file. */
  readonly path: string;
  /** How many changes a watch may lie behind. Default 10,000. */
  readonly history?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: one that the system chooses. */
  readonly port?: number;
  readonly tokens?: readonly TokenUser[];
  /** PEM of the server and of the authority that signs clients. Without it plain HTTP, which is for tests alone. */
  readonly tls?: { readonly key: string; readonly certificate: string; readonly authority: string };
  /** Looks at every change before it is made; without it, objects need only have the right shape. */
  readonly reviewer?: Reviewer;
  /** What is served besides the built-in kinds; the definitions of this release when missing. */
  readonly definitions?: readonly Definition[];
  readonly clock: Clock;
  readonly log: Log;
}

/** A running API. Disposing it ends watches, finishes what is being written and closes the database. */
export interface ApiServer extends AsyncDisposable {
  readonly url: string;
  readonly core: Core;
  /** Resolves when nothing that follows from deletions is left to do. */
  collected(): Promise<void>;
}

/** How many connections at once: more than any number of edges needs, less than file descriptors. */
const maxConnections = 2000;

/**
 * Serves the Kubernetes API for our resources from a SQLite file.
 *
 * @throws BridgeError `START_FAILED` when the database, the port or a certificate is in the way.
 */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { clock, log, tokens = [], host = "127.0.0.1", port = 0 } = options;
  const storage = openStorage({
    path: options.path,
    ...(options.history !== undefined && { history: options.history }),
  });
  const core: Core = {
    storage,
    registry: createRegistry(options.definitions),
    clock,
    ...(options.reviewer && { reviewer: options.reviewer }),
    onDeleting: (key, object) => collector.look(key, object),
  };
  const collector = new Collector(core, (error) => log.error("collecting failed", { error }));
  const handler = new RequestHandler(core, createAuthenticate(tokens), log);
  try {
    prepareStorage(core);
    collector.start();
    const server = await listen(createServer(options, handler.handle), { host, port });
    const { port: bound } = server.address() as AddressInfo;
    return {
      url: `${options.tls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${bound}`,
      core,
      collected: () => collector.idle(),
      [Symbol.asyncDispose]: async () => {
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        handler.close();
        server.closeIdleConnections();
        await closed;
        await collector[Symbol.asyncDispose]();
        await storage[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await collector[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
    throw error;
  }
}

function createServer(
  { tls }: ApiServerOptions,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  const limits = { headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 60_000, maxHeaderSize: 16_384 };
  const server = tls
    ? createHttpsServer(
        {
          ...limits,
          key: tls.key,
          cert: tls.certificate,
          ca: tls.authority,
          requestCert: true,
          rejectUnauthorized: false,
        },
        handle,
      )
    : createHttpServer(limits, handle);
  server.maxConnections = maxConnections;
  return server;
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      const message = `the Kubernetes API cannot listen on ${host}:${port}: ${(cause as Error).message}`;
      reject(new BridgeError("START_FAILED", message, { cause }));
    });
    server.listen(port, host, () => resolve(server));
  });
}
