import type { Clock, Log } from "@edgetwin/mapper-sdk";
import type { Store, StoredState } from "../store/store.ts";
import type { Cause, DeviceId, DeviceTwin, Outcome, TwinEvent } from "./types.ts";

/** An event that went through, as watchers see it: after the store has it. */
export interface Applied {
  /** The device as it is after the event. */
  readonly device: DeviceTwin;
  readonly event: TwinEvent;
  readonly outcome: Outcome;
}

/**
 * The one place where twins change. `submit` validates and reduces at once, stores, then runs the effects in the
 * order of submission.
 */
export interface TwinEngine {
  /**
   * Resolves when the event is stored in its durability class and watchers were told. An event with refusals changes
   * nothing and resolves with them.
   * @throws AgentError `NOT_FOUND` when the device is unknown, `STORE_UNAVAILABLE` when it could not be stored.
   */
  submit(id: DeviceId, event: TwinEvent): Promise<Outcome>;
  /**
   * Submits an event that nobody waits for: a reading, the progress of a write. That it could not be stored is the
   * condition of the store; it is logged at debug level here.
   */
  tell(id: DeviceId, event: TwinEvent): void;
  device(id: DeviceId): DeviceTwin | undefined;
  /**
   * The newest causes of a property, oldest first, with those that were waiting for a good moment to be stored.
   * @throws AgentError `NOT_FOUND` when the device is unknown.
   */
  causes(id: DeviceId, property: string): Promise<readonly Cause[]>;
  devices(): Iterable<DeviceTwin>;
  /** Starts keeping twins for a device; stored twins of the same uid come back. */
  add(device: { readonly id: DeviceId; readonly uid: string }): void;
  /** Forgets a device's twins. The registry drops them from the store. */
  remove(id: DeviceId): void;
  /** Called after every stored event, in order. */
  onApplied(listener: (applied: Applied) => void): () => void;
  /** Called when desired values of a device differ from applied ones. */
  onDeliver(listener: (id: DeviceId, properties: readonly string[]) => void): () => void;
}

/** What the engine is made of. */
export interface EngineParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly stored: StoredState;
}
