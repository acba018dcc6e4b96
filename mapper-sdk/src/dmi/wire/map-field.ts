import { type Field, type FieldType, type MessageType, maybe, one } from "./field.ts";
import { message } from "./message.ts";
import { Reader } from "./reader.ts";
import { type Scalar, text } from "./scalar.ts";
import { wireTypes } from "./writer.ts";

/** A map from texts, in the order sent; the last entry of a key wins. On the wire it is a list of key and value. */
export function map<T>(number: number, type: Scalar<T>): Field<ReadonlyMap<string, T>>;
export function map<In, Out>(
  number: number,
  type: MessageType<In, Out>,
): Field<ReadonlyMap<string, In>, ReadonlyMap<string, Out>>;
export function map(number: number, type: unknown): Field<ReadonlyMap<string, unknown>> {
  const entry = message("entry", { key: one(1, text), value: maybe(2, type as Scalar<unknown>) });
  return {
    number,
    wireType: wireTypes.lengthDelimited,
    initial: () => new Map(),
    read(reader, before) {
      const { key, value = zeroOf(type as FieldType) } = reader.nested((inner) => entry.read(inner));
      return (before as Map<string, unknown>).set(key, value); // made by `initial` for this one message
    },
    write(writer, values) {
      for (const [key, value] of values) {
        writer.tag(number, wireTypes.lengthDelimited);
        writer.delimited(entry.encode({ key, value }));
      }
    },
  };
}

/** What an entry without a value has. */
function zeroOf(type: FieldType): unknown {
  if ("zero" in type) return type.zero;
  return (typeof type === "function" ? type() : type).read(new Reader(new Uint8Array(0)));
}
