import type { ObjectId } from "../names/object-types.ts";

/** Application tags by name, in the order of their numbers (ASHRAE 135 20.2.1.4). */
export const applicationTags = [
  "null",
  "boolean",
  "unsigned",
  "signed",
  "real",
  "double",
  "octet-string",
  "character-string",
  "bit-string",
  "enumerated",
  "date",
  "time",
  "object-id",
] as const;
export type ApplicationTag = (typeof applicationTags)[number];

/** One primitive value of a property. */
export type AppValue =
  | { readonly tag: "null" }
  | { readonly tag: "boolean"; readonly value: boolean }
  | { readonly tag: "unsigned" | "signed" | "real" | "double" | "enumerated"; readonly value: number }
  | { readonly tag: "octet-string"; readonly value: Uint8Array }
  /** A `date` is `"2026-01-31"`, a `time` `"13:45:00.00"`; `*` stands for any. */
  | { readonly tag: "character-string" | "date" | "time"; readonly value: string }
  | { readonly tag: "bit-string"; readonly value: readonly boolean[] }
  | { readonly tag: "object-id"; readonly value: ObjectId }
  /** Built of several: nothing that a twin property could hold. */
  | { readonly tag: "constructed" };
