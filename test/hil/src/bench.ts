import type { Door } from "./door.ts";

/** Levels on the wires, by pin. */
export type Levels = Readonly<Record<string, boolean>>;

/**
 * A machine with an agent and somebody beside it who touches the wires. Scenarios are written against this and nothing
 * else, so that a board of memory, a virtual Pi and a real one with a second Pi as the hand can all carry them out.
 * Everything may take time and may fail: the hand may sit at the far end of a network.
 */
export interface Bench extends AsyncDisposable {
  readonly name: string;
  /** Starts the agent on the state that is there; resolves when its door answers. */
  start(): Promise<Door>;
  /** Stops the agent in order, as `systemctl stop` does. */
  stop(): Promise<void>;
  /** Takes the power away: the agent closes nothing, every output goes dead, what was not on the card is lost. */
  cutPower(): Promise<void>;
  /** The level that a meter shows at `pin`. */
  readPin(pin: string): Promise<boolean>;
  /** Holds `pin` at a level from outside, as a button or a sensor does. */
  drivePin(pin: string, high: boolean): Promise<void>;
  /** Calls `onChange` with the levels of all `pins` at once and whenever one of them changes; resolves with how to stop. */
  watchPins(pins: readonly string[], onChange: (levels: Levels) => void): Promise<() => Promise<void>>;
  /** Makes the driver of `pin` fail as if the line were gone, until `plug`. */
  unplug(pin: string): Promise<void>;
  plug(pin: string): Promise<void>;
}
