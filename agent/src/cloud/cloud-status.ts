/** Where the connection to the cloud stands. */
export type CloudState =
  /** This node has joined none. */
  | "none"
  | "connecting"
  /** Connected, and the cloud answers. */
  | "online"
  /** It did not work; tried again by itself. */
  | "waiting"
  /** Cannot work before somebody does something: the reason says what. */
  | "stopped";

/** What `edgetwin get cloud` shows. */
export interface CloudStatus {
  readonly state: CloudState;
  readonly reason?: string;
  readonly node?: string;
  readonly server?: string;
  /** `CloudCore` or `Edgetwin bridge`; while connected. */
  readonly peer?: string;
  /** Wall-clock milliseconds of the last change of state. */
  readonly since: number;
  readonly retryInMs?: number;
  readonly certificateExpiresAt?: number;
  readonly connects: number;
  readonly reportsConfirmed: number;
  /** Devices with values that the cloud has not confirmed yet. */
  readonly devicesWaiting: number;
  /** Objects of the cloud that cannot be applied as they are. */
  readonly refusedObjects: number;
}
