import type { Property, ValueOf } from "./model.ts";

/** What a property must show; everything that is given must hold. */
export interface Condition<T = unknown> {
  /** At least this; for numbers. */
  readonly min?: number;
  /** At most this; for numbers. */
  readonly max?: number;
  readonly equals?: T;
  /** Moved by at least this much since before the write; `true`: at all. */
  readonly changes?: number | true;
}

/**
 * How a write shows in another property: a fan that was switched on must turn. Either `when` says what the other one
 * must show for each value, or `tolerance` how near it must come to the value that was written.
 */
export interface ClosedLoop {
  /** Name of the other property. */
  readonly by: string;
  /** By value, as text: `ON`, `true`, `5`; `*` for all that are not named. A value without an entry is only read back. */
  readonly when?: Readonly<Record<string, Condition>>;
  /** For numbers: the other property follows the value and may be this far off. */
  readonly tolerance?: number;
  /** How long it may take, as milliseconds or `"5s"`; default 5 s, at most 1 h. */
  readonly within?: string | number;
}

type Text<T> = T extends string | number | bigint | boolean ? `${T}` : never;

/** {@link ClosedLoop}, typed by the properties of a model. */
export type ClosedLoopOf<P extends Record<string, Property>, K extends keyof P> = {
  [B in Exclude<keyof P, K>]: {
    readonly by: B;
    readonly when?: { readonly [V in Text<ValueOf<P[K]>> | "*"]?: Condition<ValueOf<P[B]>> };
    readonly tolerance?: number;
    readonly within?: string | number;
  };
}[Exclude<keyof P, K>];

/** Closed loops by the property that is written. */
export type ClosedLoopsOf<P extends Record<string, Property>> = string extends keyof P
  ? Readonly<Record<string, ClosedLoop>>
  : { readonly [K in keyof P as "rw" extends P[K]["access"] ? K : never]?: ClosedLoopOf<P, K> };
