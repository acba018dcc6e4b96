import type { FieldFacts } from "./field-facts.ts";
import type { Awaitable } from "./mapper.ts";
import type { Schema } from "./schema.ts";

/** What the code of a method gets. `signal` aborts when the caller gives up, the device closes or the agent stops. */
export interface MethodContext<S, Visitors> {
  readonly session: S;
  /** Where the properties live, by name: for methods that work on some of them. */
  readonly visitors: Visitors;
  readonly signal: AbortSignal;
}

/** Something a device does on demand that is no property: reset a counter, move home, calibrate. */
export interface MethodDefinition<S, Visitors, I extends Schema, O extends Schema> {
  /** One sentence for people: what it does, and what for. */
  readonly description: string;
  /** What it takes, as an object of settings; nothing when left out. Checked before any hardware is touched. */
  readonly input?: I;
  /** What it answers; nothing when left out, whatever `run` returns. Nonsense is `DEVICE_IO`. */
  readonly output?: O;
  /** Does it. Resolves when the device has done it; whatever it throws leaves as one of our codes. */
  run(context: MethodContext<S, Visitors>, input: SchemaOutput<I>): Awaitable<SchemaInput<O>>;
}

/** A declared method: what callers give and get, for the compiler. */
export interface Method<In = unknown, Out = unknown> {
  readonly description: string;
  readonly input?: Schema;
  readonly output?: Schema;
  readonly run: (context: never, input: never) => Awaitable<unknown>;
  /** For the compiler only. */
  readonly types?: { readonly input: In; readonly output: Out };
}

/** The methods of a mapper, by name. */
export type Methods = Readonly<Record<string, Method>>;
/** No method at all. */
export type NoMethods = Readonly<Record<never, never>>;

/** Declares one method. It comes as an argument, so that `session` has the type that `open` returns. */
export type DeclareMethod<S, Visitors> = <
  I extends Schema = Schema<undefined>,
  O extends Schema = Schema<void, undefined>,
>(
  definition: MethodDefinition<S, Visitors, I, O>,
) => Method<SchemaInput<I>, SchemaOutput<O>>;

/** {@link DeclareMethod} at run time: the declaration is the method. */
export const declareMethod = (definition: unknown): never => definition as never;

/** What callers may give a method. */
export type MethodInput<T> = T extends Method<infer In> ? In : never;
/** What callers get from it. */
export type MethodOutput<T> = T extends Method<unknown, infer Out> ? Out : never;

/** What people are told about a method before they call it. */
export interface MethodFacts {
  readonly name: string;
  readonly description: string;
  /** The fields it takes; empty when it takes nothing, missing when its schema does not tell. */
  readonly input?: readonly FieldFacts[];
}

type SchemaInput<S extends Schema> = NonNullable<S["~standard"]["types"]>["input"];
type SchemaOutput<S extends Schema> = NonNullable<S["~standard"]["types"]>["output"];
