import type { CredentialSource } from "../../credential.ts";
import type { Awaitable, DeviceConfig } from "../../mapper.ts";
import type { MethodInput, Methods } from "../../methods.ts";
import type { Model, Names, Values, WritableNames } from "../../model.ts";
import type { Value } from "../../value.ts";
import type { ManualClock } from "../manual-clock.ts";
import type { SimBoard } from "../sim-board.ts";

/** What the contract has to know about one mapper. */
export interface ContractFixture<M extends Model = Model, T extends Methods = Methods> {
  /** A fresh board with the device simulated on it; disposed after each check. `clock` is the one the mapper gets. */
  readonly board: (clock: ManualClock) => Awaitable<SimBoard>;
  /** A configuration the mapper accepts, as a manifest would give it; the mapper's defaults complete it. */
  readonly config: DeviceConfig;
  /** Constants of the manifest's model, for mappers that take their defaults from them. */
  readonly constants?: Readonly<Record<string, Value>>;
  /** Configurations it refuses with `CONFIG_INVALID`; at least one. */
  readonly badConfigs: readonly DeviceConfig[];
  /** For each writable property at least two different values, so that a write that does nothing shows. */
  readonly writes: { readonly [K in WritableNames<M>]: readonly Values<M>[K][] };
  /** For each property the device pushes: changes at the far end, and the value that each has to push. */
  readonly pushes?: { readonly [K in Names<M>]?: readonly Push<Values<M>[K]>[] };
  /** For each method how it is called. */
  readonly methods?: { readonly [K in keyof T]: MethodCase<MethodInput<T[K]>> };
  /** Gives credentials that `config` or the mapper's defaults name. */
  readonly credential?: CredentialSource;
  /** What a handler may still do on the board after its caller gave up, e.g. `/^GPIO8 set false/` for a chip select. */
  readonly cleanup?: RegExp;
  /** Real milliseconds after which an operation counts as hanging; default 5000. Raise it for slow real transports. */
  readonly patienceMs?: number;
  /**
   * Lets everything run that can run without time passing. Give it when part of that happens elsewhere, e.g. in another
   * process; the default lets the promises of this one settle.
   */
  readonly settle?: () => Promise<void>;
  /** Default: a clock that stands still and moves to the next timer whenever the contract waits. */
  readonly clock?: () => ManualClock;
}

/** How one method is called, right and wrong. */
export interface MethodCase<In> {
  readonly input?: In;
  /** Inputs that it refuses with `VALUE_INVALID`; at least one when the method takes any. */
  readonly badInputs?: readonly unknown[];
}

/** One change of a watched property at its far end. */
export interface Push<T> {
  readonly change: (board: SimBoard) => Awaitable<void>;
  readonly value: T;
}
