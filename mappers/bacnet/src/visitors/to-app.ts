import { MapperError, type Property } from "@edgetwin/mapper-sdk";
import type { AppValue } from "../client/app-value.ts";
import type { kindOf } from "../names/object-types.ts";
import type { writableTags } from "./visitor.ts";

type WritableTag = (typeof writableTags)[number];

/** How a value is written. */
export interface ToApp {
  readonly property: Property;
  /** What the value is by the type of its object. */
  readonly kind: ReturnType<typeof kindOf>;
  readonly words?: Readonly<Record<string, number>>;
  /** Said by the visitor. */
  readonly type?: WritableTag;
}

/**
 * A value as the device takes it: in the type that the visitor says, that the object has by the standard, or that the
 * device had itself when it was read.
 * @throws MapperError `VALUE_INVALID` when that type cannot hold it.
 */
export function toApp(value: unknown, { property, kind, words, type }: ToApp, seen: AppValue | undefined): AppValue {
  const tag = type ?? byKind(kind) ?? writable(seen?.tag) ?? byProperty(property);
  if (tag === "character-string") return { tag, value: String(value) };
  if (tag === "octet-string") {
    if (value instanceof Uint8Array) return { tag, value };
    throw refusal(value, tag);
  }
  const number = words && typeof value === "string" ? words[value] : Number(value);
  if (number === undefined || !Number.isFinite(number)) throw refusal(value, tag);
  if (tag === "boolean") return { tag, value: number !== 0 };
  if (tag === "real" || tag === "double") return { tag, value: number };
  const least = tag === "signed" ? -(2 ** 31) : 0;
  const most = tag === "signed" ? 2 ** 31 - 1 : 2 ** 32 - 1;
  if (!Number.isInteger(number) || number < least || number > most) throw refusal(value, tag);
  return { tag, value: number };
}

function byKind(kind: ToApp["kind"]): WritableTag | undefined {
  if (kind === "analog") return "real";
  if (kind === "binary") return "enumerated";
  return kind === "multi-state" ? "unsigned" : undefined;
}

function byProperty({ type }: Property): WritableTag {
  const tags = { BOOLEAN: "boolean", INT: "unsigned", FLOAT: "real", DOUBLE: "double" } as const;
  if (type === "BYTES") return "octet-string";
  return type === "STRING" ? "character-string" : tags[type];
}

/** A type that values can be written in. */
function writable(tag: AppValue["tag"] | undefined): WritableTag | undefined {
  return tag === "null" ||
    tag === "constructed" ||
    tag === "bit-string" ||
    tag === "object-id" ||
    tag === "date" ||
    tag === "time"
    ? undefined
    : tag;
}

const refusal = (value: unknown, tag: string) =>
  new MapperError(
    "VALUE_INVALID",
    `${String(value)} cannot be written as ${tag}; set "type" of the visitor, or another value`,
  );
