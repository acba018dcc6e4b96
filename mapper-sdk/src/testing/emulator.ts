import type { Clock } from "../clock.ts";
import type { SimBoard } from "./sim-board.ts";

/** What `edgetwin mapper try` hands to the `startEmulator` of an emulator's module. */
export interface EmulatorContext<Connection = unknown> {
  /** The board on which the mapper runs. */
  readonly board: SimBoard;
  readonly clock: Clock;
  /** How the mapper reaches the device: `spec.protocol.configData` of the Device. */
  readonly connection: Connection;
}

/** Starts an emulator of one device; disposing what it returns stops it. */
export type StartEmulator<Connection = unknown> = (
  context: EmulatorContext<Connection>,
) => AsyncDisposable | Disposable | PromiseLike<AsyncDisposable | Disposable>;
