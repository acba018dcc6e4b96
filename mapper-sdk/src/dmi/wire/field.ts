import type { Message } from "./message.ts";
import type { Reader } from "./reader.ts";
import type { Scalar } from "./scalar.ts";
import { type WireType, type Writer, wireTypes } from "./writer.ts";

/** One numbered field of a message. `In` is what may be encoded, `Out` what decoding gives. */
export interface Field<In, Out = In> {
  readonly number: number;
  readonly wireType: WireType;
  /** What a message that lacks the field has. */
  readonly initial: () => Out;
  /** Reads one occurrence; `before` is what earlier ones gave. */
  read(reader: Reader, before: Out): Out;
  /** Writes tag and value, or nothing for the default. */
  write(writer: Writer, value: In): void;
}

/** A message type; wrapped in a function where it is declared further down or contains itself. */
export type MessageType<In, Out> = Message<In, Out> | (() => Message<In, Out>);
/** What fields are made of, with its types forgotten. */
export type FieldType = Scalar<unknown> | MessageType<unknown, unknown>;

/** A scalar that is always there: its default stands for "not sent" (proto3, implicit presence). */
export function one<T>(number: number, { wireType, zero, read, write }: Scalar<T>): Field<T> {
  return {
    number,
    wireType,
    initial: () => zero,
    read,
    write(writer, value) {
      if (isDefault(value, zero)) return;
      writer.tag(number, wireType);
      write(writer, value);
    },
  };
}

/** A message or scalar that may be missing, which differs from its default; also the members of a `oneof`. */
export function maybe<T>(number: number, type: Scalar<T>): Field<T, T | undefined>;
export function maybe<In, Out>(number: number, type: MessageType<In, Out>): Field<In, Out | undefined>;
export function maybe(number: number, type: unknown): Field<unknown> {
  const { wireType, read, write } = elementOf(type as FieldType);
  return {
    number,
    wireType,
    initial: () => undefined,
    read,
    write(writer, value) {
      writer.tag(number, wireType);
      write(writer, value);
    },
  };
}

/** A list of messages, texts or byte strings. (Lists of numbers would be packed; our protocols have none.) */
export function many<T extends string | Uint8Array>(number: number, type: Scalar<T>): Field<readonly T[]>;
export function many<In, Out>(number: number, type: MessageType<In, Out>): Field<readonly In[], readonly Out[]>;
export function many(number: number, type: unknown): Field<readonly unknown[]> {
  const { read, write } = elementOf(type as FieldType);
  return {
    number,
    wireType: wireTypes.lengthDelimited,
    initial: () => [],
    read(reader, before) {
      (before as unknown[]).push(read(reader, undefined)); // made by `initial` for this one message
      return before;
    },
    write(writer, values) {
      for (const value of values) {
        writer.tag(number, wireTypes.lengthDelimited);
        write(writer, value);
      }
    },
  };
}

/** How one value is read and written, whether it is a scalar or a message. */
interface Element {
  readonly wireType: WireType;
  readonly read: (reader: Reader, before: unknown) => unknown;
  readonly write: (writer: Writer, value: unknown) => void;
}

function elementOf(type: FieldType): Element {
  if ("wireType" in type) return type;
  const resolve = typeof type === "function" ? type : () => type;
  return {
    wireType: wireTypes.lengthDelimited,
    read: (reader, before) => reader.nested((inner) => resolve().read(inner, before)),
    write: (writer, value) => writer.delimited(resolve().encode(value)),
  };
}

const isDefault = <T>(value: T, zero: T): boolean =>
  value instanceof Uint8Array ? value.length === 0 : Object.is(value, zero);
