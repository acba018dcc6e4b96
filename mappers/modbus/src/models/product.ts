import type { Model, Names } from "@edgetwin/mapper-sdk";
import type { NativeConnection } from "../visitors/native-connection.ts";
import type { ModbusRegister } from "../visitors/native-visitor.ts";

/** What is known about something that people buy: where its values are, and how it wants to be asked. */
export interface Product<M extends Model = Model> {
  readonly model: M;
  readonly visitors: { readonly [K in Names<M>]: ModbusRegister };
  readonly connection?: Partial<NativeConnection>;
}

/** Declares a product; the compiler checks that every property has its place. */
export const product = <M extends Model>(known: Product<M>): Product<M> => known;
