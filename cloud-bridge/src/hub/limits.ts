/** What one edge may ask of the hub. Far above what an edge needs, far below what would hurt others. */
export interface HubLimits {
  /** Longest frame in bytes; an object of Kubernetes has at most 1.5 MiB. */
  readonly frameBytes: number;
  /** Brackets within brackets of a frame. */
  readonly depth: number;
  /** Frames per second that are read in the long run ... */
  readonly framesPerSecond: number;
  /** ... and at once. Beyond that the hub stops reading the connection for a while; nothing is lost. */
  readonly burst: number;
  /** Reports and requests of one edge that wait for their turn before the hub stops reading. */
  readonly queued: number;
  /** Objects of one edge that are sent and not acknowledged. */
  readonly inFlight: number;
  /** Bytes that wait for a slow edge before the hub sends it no more objects. */
  readonly bufferedBytes: number;
  /** Connections at a time. */
  readonly sessions: number;
}

export const defaultLimits: HubLimits = {
  frameBytes: 2 * 1024 * 1024,
  depth: 64,
  framesPerSecond: 100,
  burst: 500,
  queued: 64,
  inFlight: 32,
  bufferedBytes: 512 * 1024,
  sessions: 20_000,
};
