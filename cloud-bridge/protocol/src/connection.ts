/** How an edge reaches CloudHub, and the times both sides keep. */
export const cloudHub = {
  /** WebSocket over TLS; the certificate of the client is required. */
  port: 10_000,
  /** Certificates and node checks over HTTPS. */
  certificatePort: 10_002,
  /** Any project will do; this is what EdgeCore sends. */
  defaultProject: "e632aba927ea4ac2b575ec1603d56f10",
  /** A session without a keepalive for so long is over. */
  keepaliveTimeoutMs: 30_000,
  /** How often EdgeCore sends one. */
  keepaliveMs: 15_000,
  /** An object that was not acknowledged is sent again after this time ... */
  resendMs: 5_000,
  /** ... so many times in all, before others have their turn. */
  sendAttempts: 5,
} as const;

/** The path of the WebSocket; CloudHub takes any. */
export const sessionPath = (node: string, project: string = cloudHub.defaultProject): string =>
  `/${project}/${encodeURIComponent(node)}/events`;

/** The headers that decide everything. Without `ConnectionUse` nothing is ever read from the session. */
export const sessionHeaders = (node: string, project: string = cloudHub.defaultProject) => ({
  node_id: node,
  project_id: project,
  ConnectionUse: "msg",
});

/** Common name and organisation of a node's certificate. */
export const nodeSubject = (node: string) => ({ commonName: `system:node:${node}`, organization: "system:nodes" });

/**
 * Header of the answer to the handshake by which Edgetwin's bridge makes itself known, with its version: it has none of
 * CloudCore's defects, so that an agent need not send first reports twice.
 */
export const bridgeHeader = "edgetwin-bridge";
