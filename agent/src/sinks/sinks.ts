import type { Device } from "@edgetwin/models";
import type { DeviceEntry } from "../registry/registry.ts";
import type { SenderFigures, SenderState } from "./target-sender.ts";

/** One target of reported values as REST, the command and `/metrics` show it. */
export interface SinkStatus extends SenderFigures {
  readonly sink: string;
  /** Where it sends; without secrets. */
  readonly address: string;
  /** `refused`: what the manifest says cannot work; nothing is sent until it changes. */
  readonly state: SenderState["name"] | "refused";
  /** Why it waits or is refused. */
  readonly reason?: string;
  readonly retryInMs?: number;
  /** Devices whose values go there; none when it only gets what is still in its queue. */
  readonly devices: readonly string[];
  /** Points that wait. */
  readonly queued: number;
  /** Wall-clock milliseconds of the oldest of them. */
  readonly oldestAt?: number;
  /** Points dropped since the agent started because the queue was full. */
  readonly dropped: number;
}

/** Sinks while some device uses them. */
export interface RunningSinks extends AsyncDisposable {
  /** What of a manifest cannot work, each with path, value and fix. */
  inspect(device: Device, names: readonly string[]): Promise<readonly string[]>;
  /** A device was applied: its values of after `since` (wall-clock milliseconds) go where its manifest says. */
  apply(device: DeviceEntry, since: number): void;
  remove(id: string): void;
  /** Resolves when everything applied so far is in effect. */
  settled(): Promise<void>;
  list(): readonly SinkStatus[];
}
