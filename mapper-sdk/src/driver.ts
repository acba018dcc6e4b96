import type { Claim } from "./claim.ts";
import type { Awaitable } from "./mapper.ts";
import type { Methods } from "./methods.ts";
import type { Model, Property } from "./model.ts";
import type { Schema } from "./schema.ts";

/** A mapper or a protocol with its types forgotten; both are opened and called the same way. */
export interface Driver<M extends Model = Model> {
  readonly protocol: string;
  readonly model: M;
  readonly connection?: Schema;
  readonly visitor: Schema;
  readonly methods: Methods;
  bus?(connection: unknown): string;
  claims?(config: unknown): readonly Claim[];
  narrow?(property: Property, visitor: unknown, name: string): Property;
  open(context: unknown): Awaitable<unknown>;
  handlers(name: string): AnyHandlers | undefined;
  /** See {@link MapperDefinition.readMany}. */
  readMany?(context: unknown): Awaitable<Readonly<Record<string, unknown>>>;
}

/** The handlers of one property with their types forgotten. */
export interface AnyHandlers {
  read(context: unknown): Awaitable<unknown>;
  write?(context: unknown, value: unknown): Awaitable<void>;
  watch?(context: unknown): AsyncIterable<unknown> | undefined;
}
