import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { type Clock, type Log, Scope } from "@edgetwin/mapper-sdk";
import { openAuthority } from "../certificates/authority.ts";
import { certificateServer } from "../certificates/certificate-service.ts";
import { kubernetesSecrets } from "../certificates/kubernetes-secrets.ts";
import type { BridgeConfig } from "../config/config.ts";
import { BridgeError } from "../errors.ts";
import { type Hub, openHub } from "../hub/hub.ts";
import { openOperations } from "../operations/operations-server.ts";
import { LeaseElection } from "../replicas/lease-election.ts";
import { openApi } from "./api-access.ts";
import { bridgeMetrics } from "./bridge-metrics.ts";
import type { BridgeContext, BridgePart } from "./bridge-part.ts";
import { startInformers } from "./informers.ts";
import { joinedContent } from "./joined-content.ts";
import { joinedEvents } from "./joined-events.ts";
import { alone } from "./leadership.ts";
import { openParts } from "./parts.ts";
import { reachable } from "./reachable.ts";

/** Lease of the replica that leads, in the namespace of the bridge. */
const leaseName = "edgetwin-bridge";

/** The world that a bridge runs in. */
export interface BridgeWorld {
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 to 1. */
  readonly random?: () => number;
  /** Ends the start. */
  readonly signal: AbortSignal;
}

/** A bridge that serves edges. Disposing it tells every edge when to come back, and ends everything in order. */
export interface Bridge extends AsyncDisposable {
  readonly ports: { readonly edges: number; readonly certificates: number; readonly operations: number };
  /** The API that is served here; missing on a cluster. */
  readonly served?: { readonly url: string; readonly kubeconfig: string };
  readonly hub: Hub;
  /** A join token, for any node or for one. */
  issueToken(node?: string): string;
}

/**
 * Starts a bridge: the API or a connection to one, the authority of the edges, caches, parts, and last the listeners.
 *
 * @throws BridgeError `CONFIG_INVALID`, `START_FAILED`, or what the API answered; the reason of `signal` when it aborts.
 */
export async function startBridge(config: BridgeConfig, world: BridgeWorld): Promise<Bridge> {
  const { clock, log, random = Math.random, signal } = world;
  const scope = new Scope();
  const parts: BridgePart[] = [];
  let hub: Hub | undefined;
  try {
    // First and last: it tells why the others are not there yet.
    const { edges, operations } = config;
    const operationsServer = scope.use(
      await openOperations({
        ...operations,
        metrics: () => bridgeMetrics(hub, parts),
        checks: () => [
          { check: "edges", ok: hub !== undefined, message: hub ? "they may connect" : "the bridge is starting" },
          ...parts.flatMap((part) => part.checks?.() ?? []),
        ],
      }),
    );
    const api = scope.use(await openApi(config, world));
    const { client } = api;
    await reachable(client, { clock, log, signal });
    const informers = scope.use(startInformers(client, { clock, log, random }));
    const authority = await openAuthority({
      secrets: kubernetesSecrets(client, config.kubernetes.namespace),
      clock,
      serverNames: [
        ...new Set(["localhost", "127.0.0.1", ...wildcards(edges.host), ...edges.names, ...webhookNames(config)]),
      ],
      nodeCertificateDays: edges.certificateDays,
      tokenMs: edges.tokenLifetime,
    });
    await informers.synced(signal);
    const { devices, models, nodes } = informers;
    // Of a pod, its name; two processes of one machine differ in the rest.
    const identity = `${hostname()}_${randomUUID().slice(0, 8)}`;
    const { use, namespace } = config.kubernetes;
    const leadership =
      use === "cluster"
        ? scope.use(new LeaseElection({ client, namespace, name: leaseName, identity, clock, log, random }))
        : alone;
    const context: BridgeContext = {
      ...{ config, client, authority, devices, models, nodes, leadership, identity, clock, log, random },
      hub: () => hub,
    };
    for (const open of openParts) {
      const part = await open(context);
      parts.push(part);
      scope.defer(() => part[Symbol.asyncDispose]?.());
    }
    const content = joinedContent(parts.flatMap((part) => part.content ?? []));
    hub = scope.use(
      await openHub({
        ...{ authority, content, clock, log },
        events: joinedEvents(() => parts),
        host: edges.host,
        port: edges.port,
        nodeAuthorization: edges.nodeAuthorization,
      }),
    );
    const certificates = await certificateServer({
      ...{ authority, log },
      nodeExists: async (node) => nodes.cache.get(node) !== undefined,
    });
    scope.defer(() => closed(certificates));
    certificates.listen(edges.certificatePort, edges.host);
    await once(certificates, "listening").catch((cause: Error) => {
      const message = `certificates cannot be served on ${edges.host}:${edges.certificatePort}: ${cause.message}; set edges.certificatePort`;
      throw new BridgeError("START_FAILED", message, { cause });
    });
    return {
      ports: {
        edges: hub.port,
        certificates: (certificates.address() as AddressInfo).port,
        operations: operationsServer.port,
      },
      ...(api.served && { served: api.served }),
      hub,
      issueToken: (node) => authority.issueToken(node),
      [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
    };
  } catch (error) {
    await scope[Symbol.asyncDispose]();
    throw error;
  }
}

/** An address that stands for every address of the machine names none of them. */
const wildcards = (host: string): readonly string[] => (host === "0.0.0.0" || host === "::" ? [] : [host]);

/** The name by which the API server calls the webhook. */
const webhookNames = ({ admission, kubernetes }: BridgeConfig): readonly string[] =>
  kubernetes.use === "cluster" && admission.webhook ? [`${admission.service}.${kubernetes.namespace}.svc`] : [];

function closed(server: { close(done: () => void): unknown; closeAllConnections(): void }): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
