import { one } from "./field.ts";
import { type MessageOf, message } from "./message.ts";
import { bytes, text } from "./scalar.ts";

/** `google.protobuf.Any`: the bytes of a message and a URL whose last part is the name of its type. */
export const anyValue = message("google.protobuf.Any", { typeUrl: one(1, text), value: one(2, bytes) });
/** A decoded `google.protobuf.Any`. */
export type AnyValue = MessageOf<typeof anyValue>;
