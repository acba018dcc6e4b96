/** Why the hub closes a connection, as code of the WebSocket's close frame; CloudCore gives none. */
export const closeCodes = {
  /** The bridge stops or restarts; the reason says when to come back. RFC 6455 registry: Service Restart. */
  restarting: 1012,
  /** A frame that is no message. RFC 6455, 7.4.1. */
  invalid: 1007,
  /** The node has a newer connection. */
  replaced: 4001,
  /** No keepalive for 30 seconds. */
  silent: 4002,
  /** The certificate was revoked or is no longer valid. */
  certificate: 4003,
  /** The bridge no longer knows the node. */
  removed: 4004,
} as const;
