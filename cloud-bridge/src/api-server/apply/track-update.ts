import type { ApiObject } from "../api-object.ts";
import type { Schema } from "../validation/schema.ts";
import { compare } from "./compare.ts";
import { difference, union } from "./field-set.ts";
import {
  isSameWriter,
  type Managed,
  managedOnly,
  managersOf,
  setManagers,
  type Writer,
  wholeSchema,
} from "./managers.ts";

/** What a write that is no apply does to the managers. */
export interface Update {
  readonly before: ApiObject | undefined;
  readonly after: ApiObject;
  readonly schema: Schema;
  readonly writer: Writer;
  /** Now, in whole seconds. */
  readonly time: string;
}

/** Gives everything that changed to the writer, and takes it from everybody else. Changes `after`. */
export function trackUpdate({ before, after, schema, writer, time }: Update): void {
  // An empty entry is how clients ask to forget who owns what.
  const asked = after.metadata.managedFields;
  if (before && Array.isArray(asked) && asked.length === 1 && Object.keys(asked[0] ?? {}).length === 0) {
    delete after.metadata.managedFields;
    return;
  }
  const managers = managersOf(after.metadata.managedFields === undefined && before ? before : after);
  const differences = compare(before ?? {}, after, wholeSchema(schema));
  const taken = managedOnly(union(differences.added, differences.modified));
  const gone = managedOnly(differences.removed);
  const others = managers
    .filter((manager) => !isSameWriter(manager, writer))
    .map((manager) => ({ ...manager, fields: difference(difference(manager.fields, taken), gone) }));
  const own = managers.find((manager) => isSameWriter(manager, writer));
  const fields = union(difference(own?.fields ?? new Set(), gone), taken);
  const touched = taken.size > 0 || gone.size > 0;
  const mine: Managed = { ...writer, ...timeOf(touched ? time : own?.time), fields };
  setManagers(after, [...others, mine]);
}

const timeOf = (time: string | undefined) => (time === undefined ? {} : { time });
