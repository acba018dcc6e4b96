/** What the embedded broker keeps in memory at most. A client that goes beyond one costs only itself. */
export interface BrokerLimits {
  /** Connections at the same time, over all ports. */
  readonly clients: number;
  /** Characters of a client id: it is remembered, shown and logged. */
  readonly clientIdLength: number;
  /** Bytes of one MQTT packet; a larger one ends the connection. */
  readonly packetBytes: number;
  /** Topic filters of one client. */
  readonly subscriptionsPerClient: number;
  /** Characters of one topic filter. */
  readonly filterLength: number;
  /** Bytes waiting for a client that reads slowly: beyond, QoS 0 is dropped and a QoS 1 subscriber is disconnected. */
  readonly unsentBytesPerClient: number;
  /** Persistent sessions (clean session false); the one that is away longest goes first. */
  readonly sessions: number;
  /** QoS 1 messages kept for one session; the oldest goes first. */
  readonly queuedMessagesPerSession: number;
  readonly queuedBytesPerSession: number;
  readonly retainedMessages: number;
  readonly retainedBytes: number;
}

/**
 * Room for a Pi with some dozens of mappers, which take some hundred kB. Only clients that mean harm reach the products of
 * these limits, and only while they are connected: what 64 of them leave behind is 34 MB at most.
 */
export const defaultBrokerLimits: BrokerLimits = {
  clients: 128,
  clientIdLength: 256,
  packetBytes: 256 * 1024,
  subscriptionsPerClient: 256,
  filterLength: 1024,
  unsentBytesPerClient: 1024 * 1024,
  sessions: 64,
  queuedMessagesPerSession: 100,
  queuedBytesPerSession: 256 * 1024,
  retainedMessages: 256,
  retainedBytes: 2 * 1024 * 1024,
};
