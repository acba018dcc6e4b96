import type { Field } from "./field.ts";
import { Reader } from "./reader.ts";
import { Writer } from "./writer.ts";

/** The fields of a message by the name that TypeScript knows them by. */
export type Fields = Readonly<Record<string, Field<never, unknown>>>;
type AnyField = Field<unknown, unknown>;

/** What a decoded message is: every field is there, with the default of its type when it was not sent. */
export type Decoded<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<never, infer Out> ? Out : never };
/** What may be encoded: any field may be left out. */
export type Drafted<F extends Fields> = {
  readonly [K in keyof F]?: (F[K] extends Field<infer In, unknown> ? In : never) | undefined;
};

/** A protobuf message type. `In` is what may be encoded, `Out` what decoding gives. */
export interface Message<In = never, Out = unknown> {
  /** Full name, e.g. `"v1beta1.Device"`; the end of an `Any`'s type URL. */
  readonly name: string;
  encode(draft: In): Buffer;
  /** @throws MapperError `DEVICE_IO` naming the field whose bytes are no message. Unknown fields are skipped. */
  decode(bytes: Uint8Array): Out;
  /** Reads to the end of `reader`, over `before`: a message field that is sent twice is merged. */
  read(reader: Reader, before?: Out): Out;
}

/** What decoding a message gives: `type Twin = MessageOf<typeof Twin>`. */
export type MessageOf<M> = M extends Message<never, infer Out> ? Out : never;
/** What may be encoded as this message. */
export type DraftOf<M> = M extends Message<infer In, unknown> ? In : never;

/** Declares a message: its full name and a table of its fields. Types are inferred from the table. */
export function message<const F extends Fields>(name: string, fields: F): Message<Drafted<F>, Decoded<F>> {
  const table = Object.entries(fields) as unknown as [string, AnyField][];
  const byNumber = new Map(table.map(([key, field]) => [field.number, { key, field }]));
  if (byNumber.size !== table.length) throw new TypeError(`${name} has two fields of one number`);

  const read = (reader: Reader, before?: Decoded<F>) => {
    const out: Record<string, unknown> = { ...before };
    if (!before) for (const [key, field] of table) out[key] = field.initial();
    while (!reader.done) {
      const { number, wireType } = reader.tag();
      const found = byNumber.get(number);
      if (found?.field.wireType === wireType) out[found.key] = found.field.read(reader, out[found.key]);
      else reader.skip(number, wireType);
    }
    return out as Decoded<F>;
  };
  return {
    name,
    read,
    decode: (bytes) => read(new Reader(bytes)),
    encode: (draft) => {
      const writer = new Writer();
      for (const [key, field] of table) {
        const value = (draft as Readonly<Record<string, unknown>>)[key];
        if (value !== undefined) field.write(writer, value);
      }
      return writer.finish();
    },
  };
}
