import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent, type RequestOptions } from "node:https";
import type { Clock } from "@edgetwin/mapper-sdk";
import type { KubeConfig } from "@kubernetes/client-node";
import { BridgeError } from "../errors.ts";

/** What of a KubeConfig a client needs. */
export type ClusterAccess = Pick<KubeConfig, "getCurrentCluster" | "applyToHTTPSOptions">;

/** What each request to the API carries. */
export interface Access {
  readonly server: URL;
  readonly agent: HttpAgent;
  readonly headers: Readonly<Record<string, string>>;
  readonly auth: string | undefined;
}

/** Tokens of service accounts and of exec plugins are renewed: how long one is taken without looking again. */
const freshMs = 60_000;

/** Connections to the API that are open at once; watches hold one each. */
const mostSockets = 64;

/** The access that a KubeConfig gives, looked up again once a minute, with connections that stay open. */
export class Credentials {
  readonly #config: ClusterAccess;
  readonly #clock: Clock;
  #access: Promise<Access> | undefined;
  #since = 0;
  #agent: { readonly agent: HttpAgent; readonly identity: string } | undefined;

  constructor(config: ClusterAccess, clock: Clock) {
    this.#config = config;
    this.#clock = clock;
  }

  /** Rejects with `CONFIG_INVALID` when the KubeConfig leads nowhere. */
  current(): Promise<Access> {
    const now = this.#clock.monotonic();
    if (this.#access && now - this.#since < freshMs) return this.#access;
    this.#since = now;
    const access = this.#load();
    this.#access = access;
    access.catch(() => this.forget());
    return access;
  }

  /** Looks again at the next request: the API refused what there was. */
  forget(): void {
    this.#access = undefined;
  }

  /** Closes the connections that are idle. */
  close(): void {
    this.#agent?.agent.destroy();
    this.#agent = undefined;
    this.forget();
  }

  async #load(): Promise<Access> {
    const cluster = this.#config.getCurrentCluster();
    if (!cluster) {
      throw new BridgeError("CONFIG_INVALID", "the kubeconfig has no current cluster; set current-context in it");
    }
    const options: RequestOptions = {};
    try {
      await this.#config.applyToHTTPSOptions(options);
    } catch (cause) {
      const message = `kubeconfig for ${cluster.server}: ${cause instanceof Error ? cause.message : String(cause)}`;
      throw new BridgeError("CONFIG_INVALID", message, { cause });
    }
    const headers = Object.fromEntries(
      Object.entries(options.headers ?? {}).map(([name, value]) => [name, String(value)]),
    );
    // The agent that client-node makes knows of proxies, but opens a connection for every request.
    const agent = cluster.proxyUrl ? (options.agent as HttpAgent) : this.#agentFor(new URL(cluster.server), options);
    return { server: new URL(cluster.server), agent, headers, auth: options.auth ?? undefined };
  }

  #agentFor(server: URL, options: RequestOptions): HttpAgent {
    const { ca, cert, key, pfx, passphrase, servername, rejectUnauthorized } = options;
    const tls = Object.fromEntries(
      Object.entries({ ca, cert, key, pfx, passphrase, servername, rejectUnauthorized }).filter(
        ([, value]) => value !== undefined,
      ),
    );
    const identity = JSON.stringify([server.protocol, tls]);
    if (this.#agent?.identity === identity) return this.#agent.agent;
    this.#agent?.agent.destroy();
    const sockets = { keepAlive: true, maxSockets: mostSockets };
    const agent = server.protocol === "http:" ? new HttpAgent(sockets) : new HttpsAgent({ ...sockets, ...tls });
    this.#agent = { agent, identity };
    return agent;
  }
}
