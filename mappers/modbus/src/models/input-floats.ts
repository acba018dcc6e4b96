import { type Property, type PropertyFacts, p } from "@edgetwin/mapper-sdk";
import type { ModbusRegister } from "../visitors/native-visitor.ts";

/** One measured value of a meter whose values are 32-bit floats in input registers: unit, first register, what it is. */
export type InputFloat = readonly [unit: string, address: number, description: string];

type Measured<T> = { readonly [K in keyof T]: Property<number, "r"> };

/** Read-only properties for a table of floats. */
export const measured = <const T extends Readonly<Record<string, InputFloat>>>(table: T): Measured<T> =>
  Object.fromEntries(
    Object.entries(table).map(([name, [unit, , description]]) => {
      const facts: PropertyFacts<"r"> = { description, ...(unit !== "" && { unit }) };
      return [name, p.float(facts)];
    }),
  ) as Measured<T>;

/** Their visitors. */
export const inputFloats = <T extends Readonly<Record<string, InputFloat>>>(
  table: T,
): { readonly [K in keyof T]: ModbusRegister } =>
  Object.fromEntries(
    Object.entries(table).map(([name, [, address]]) => [name, { table: "input", address, type: "f32" }]),
  ) as { readonly [K in keyof T]: ModbusRegister };
