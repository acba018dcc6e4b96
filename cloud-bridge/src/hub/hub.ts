import type { Message } from "@edgetwin/cloud-protocol";
import { closeCodes } from "./close-codes.ts";
import { openEdgeListener } from "./edge-listener.ts";
import type { HubCounters } from "./hub-counters.ts";
import type { HubOptions } from "./hub-options.ts";
import { Sessions } from "./sessions.ts";

/** The connections to all edges: CloudHub's role. */
export interface Hub extends AsyncDisposable {
  readonly port: number;
  /** Names of the nodes that are connected. */
  connectedNodes(): readonly string[];
  /** Whether a connected node holds everything that it should. */
  isSettled(node: string): boolean;
  /** Sends a message that is not an object, once, with this identity; false when the node is not connected. */
  send<T>(node: string, message: Message<T>, value: T, id?: string): boolean;
  /** Ends the session of a node, as CloudCore does when its Node object is deleted; `replaced`: it is connected elsewhere. */
  disconnect(node: string, reason: string, why?: "removed" | "replaced"): void;
  /** Another replica served the node meanwhile: what it holds is not known here any more, and is sent again. */
  doubt(node: string): void;
  counters(): Readonly<HubCounters> & { readonly sessions: number };
}

/** Opens the hub. Disposing it tells every edge when to come back. */
export async function openHub(options: HubOptions): Promise<Hub> {
  const { authority, host, port } = options;
  const sessions = new Sessions(options);
  const { limits, log } = sessions.context;
  const listener = await openEdgeListener({
    authority,
    host,
    port,
    longestFrameBytes: limits.frameBytes,
    admit: (arrival) => sessions.admit(arrival),
    connected: (socket, node, certificate) => sessions.connected(socket, node, certificate),
    refused: (reason, from) => {
      sessions.context.counters.refusedConnections += 1;
      log.warn("connection refused", { from, reason });
    },
  });
  const stop = sessions.start(listener);
  return {
    port: listener.port,
    connectedNodes: () => sessions.nodes(),
    isSettled: (node) => sessions.of(node)?.delivery.isSettled ?? false,
    send: (node, message, value, id) => sessions.of(node)?.send(message, value, id) !== undefined,
    disconnect: (node, reason, why = "removed") => sessions.of(node)?.close(closeCodes[why], reason),
    doubt: (node) => sessions.doubt(node),
    counters: () => ({ ...sessions.context.counters, sessions: sessions.nodes().length }),
    [Symbol.asyncDispose]: async () => {
      listener.stop();
      stop();
      await sessions.close();
    },
  };
}
