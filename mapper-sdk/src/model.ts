import type { ClosedLoop, ClosedLoopsOf } from "./closed-loop.ts";
import { didYouMean } from "./did-you-mean.ts";
import { MapperError } from "./errors.ts";
import { parseClosedLoops } from "./parse-closed-loops.ts";
import type { PropertyType, Value } from "./value.ts";

/** `"r"`: only the device changes it. `"rw"`: people may desire a value. */
export type Access = "r" | "rw";

/** What a model says about a property besides its type. */
export interface PropertyFacts<A extends Access = Access> {
  /** Read-only unless said otherwise, so that being writable is always a visible decision. */
  readonly access?: A;
  readonly unit?: string;
  readonly description?: string;
}

/**
 * One property of a device model: its type in the device API plus the two conversions between what a mapper author
 * handles (`T`, e.g. `number` for an INT) and what the twin keeps (`Value`, e.g. `bigint`).
 */
export interface Property<T = unknown, A extends Access = Access> {
  readonly type: PropertyType;
  readonly access: A;
  readonly unit?: string;
  readonly description?: string;
  /** Smallest and largest allowed value of a numeric property. */
  readonly min?: number | bigint;
  readonly max?: number | bigint;
  /** The only allowed values, when the model lists them. */
  readonly options?: readonly string[];
  /** The constant of a read-only property, e.g. the pin number of a KubeEdge v1alpha1 model. */
  readonly constant?: Value;
  /** Returns `value` (a twin value or a `T`) as `T`; throws `VALUE_INVALID` saying what is wrong with it. */
  readonly accept: (value: unknown) => T;
  /** Returns what the twin keeps for an accepted value. */
  toTwin(value: T): Value;
}

/** Values that must never hold at the same time, e.g. `{ never: { red: "ON", green: "ON" } }`. */
export interface Interlock<V = Record<string, unknown>> {
  readonly never: Partial<V>;
  /** Shown to whoever is refused. */
  readonly because?: string;
}

/** What the device runner enforces before any write, whatever is desired. */
export interface Safety<V = Record<string, unknown>> {
  readonly interlocks?: readonly Interlock<V>[];
  /** Values to drive when control is lost: the agent stops, the device is removed, or a write keeps failing. */
  readonly failSafe?: Partial<V>;
}

/** What a device is: named, typed, ranged properties, free of any protocol. */
export interface Model<P extends Record<string, Property> = Record<string, Property>> {
  readonly name: string;
  readonly properties: P;
  readonly safety?: Safety;
  /** By writable property: the other property in which a write shows. */
  readonly verify?: Readonly<Record<string, ClosedLoop>>;
}

/** What holds for a model's values beside their types: the safety envelope, and how writes are verified. */
export interface Rules<P extends Record<string, Property>> extends Safety<{ [K in keyof P]: ValueOf<P[K]> }> {
  /** e.g. `{ power: { by: "rpm", when: { ON: { min: 300 }, OFF: { max: 0 } }, within: "5s" } }`. */
  readonly verify?: ClosedLoopsOf<P>;
}

/** Names of the properties of a model. */
export type Names<M extends Model> = Extract<keyof M["properties"], string>;
/** What a mapper author handles for a property: `number` for an INT, `"OFF" | "ON"` for `p.oneOf(["OFF", "ON"])`. */
export type ValueOf<P> = P extends Property<infer T> ? T : never;
/** A value for every property of a model. */
export type Values<M extends Model> = { [K in Names<M>]: ValueOf<M["properties"][K]> };
/** Names of the properties that people may desire a value for; all names when the model is known only at run time. */
export type WritableNames<M extends Model> = Extract<
  { [K in Names<M>]: "rw" extends M["properties"][K]["access"] ? K : never }[Names<M>],
  string
>;

/**
 * Declares a device model. Types of values, handlers and visitors are inferred from it.
 *
 * @throws TypeError when the rules name a property or a value that the model does not have.
 */
export function defineModel<const P extends Record<string, Property>>(
  name: string,
  properties: P,
  rules?: Rules<P>,
): Model<P> {
  const { verify, ...safety } = rules ?? {};
  const isSafe = rules !== undefined && (verify === undefined || Object.keys(safety).length > 0);
  const model = {
    name,
    properties: Object.freeze(properties),
    ...(isSafe && { safety: safety as Safety }),
    ...(verify && { verify: verify as Readonly<Record<string, ClosedLoop>> }),
  };
  checkSafety(model);
  checkVerify(model);
  return Object.freeze(model);
}

function checkVerify({ name, properties, verify }: Model): void {
  const [issue] = verify ? parseClosedLoops(properties, verify).issues : [];
  if (issue) throw new TypeError(`the model ${name}, verify.${issue.path}: ${issue.message}`);
}

function checkSafety({ name, properties, safety }: Model): void {
  const groups = [...(safety?.interlocks ?? []).map(({ never }) => never), safety?.failSafe ?? {}];
  const names = Object.keys(properties);
  for (const [property, value] of groups.flatMap((group) => Object.entries(group))) {
    const declared = Object.hasOwn(properties, property) ? properties[property] : undefined;
    if (!declared) {
      const hint = didYouMean(property, names);
      throw new TypeError(`the safety envelope of ${name} names ${property}, which is no property of it${hint}`);
    }
    try {
      declared.accept(value);
    } catch (cause) {
      if (!(cause instanceof MapperError)) throw cause;
      throw new TypeError(`the safety envelope of ${name}, ${property}: ${cause.message}`, { cause });
    }
  }
}

/** The property `name` of `model`; throws `VALUE_INVALID` when there is none. */
export function propertyOf(model: Model, name: string): Property {
  const found = Object.hasOwn(model.properties, name) ? model.properties[name] : undefined;
  if (found === undefined) {
    const hint = didYouMean(name, Object.keys(model.properties));
    throw new MapperError("VALUE_INVALID", `${model.name} has no property ${name}${hint}`);
  }
  return found;
}
