import { type ApiObject, isFields, sameJson } from "../api-object.ts";
import { applyConflict, type Cause } from "../failures.ts";
import type { Schema } from "../validation/schema.ts";
import { compare } from "./compare.ts";
import { difference, type FieldSet, fieldsOf, intersection, showPath, union, withParents } from "./field-set.ts";
import {
  isSameWriter,
  type Managed,
  managedOnly,
  managersOf,
  sameManagers,
  setManagers,
  type Writer,
  wholeSchema,
} from "./managers.ts";
import { merge, without } from "./merge.ts";

/** kubectl's own copy of what was applied, which it keeps while both kinds of apply are in use. */
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/** A server-side apply. */
export interface Application {
  /** The object as it is; undefined when it is to be created. */
  readonly live: ApiObject | undefined;
  readonly applied: ApiObject;
  readonly schema: Schema;
  readonly writer: Writer;
  readonly force: boolean;
  readonly time: string;
}

/**
 * The object after `applied` was merged into it: fields of the writer are what it says now, those it no longer names go
 * unless somebody else has them.
 *
 * @throws BridgeError `KUBERNETES` 409 naming every field that another manager has with another value, without `force`.
 */
export function apply({ live, applied, schema, writer, force, time }: Application): ApiObject {
  const whole = wholeSchema(schema);
  const managers = live ? managersOf(live) : [];
  const own = managers.find((manager) => isSameWriter(manager, writer));
  const others = managers.filter((manager) => manager !== own);
  const said = managedOnly(fieldsOf(applied, whole));
  const merged = merge(live ?? {}, applied, whole) as ApiObject;
  const dropped = droppedBy(own?.fields ?? new Set(), said, others);
  const result = without(merged, whole, dropped) as ApiObject;
  const differences = compare(live ?? {}, result, whole);
  const changed = managedOnly(union(differences.added, differences.modified));
  const conflicts = others
    .map((manager) => ({
      manager,
      fields: difference(intersection(manager.fields, changed), ownBefore(live, writer, whole)),
    }))
    .filter(({ fields }) => fields.size > 0);
  if (conflicts.length > 0 && !force) throw refusal(conflicts);
  const kept = others.map((manager) => ({
    ...manager,
    fields: difference(difference(manager.fields, changed), managedOnly(differences.removed)),
  }));
  const mine: Managed = { ...writer, fields: said };
  const isNew = live === undefined || !sameJson(stripped(live), stripped(result));
  // A refreshed copy of what was applied is no change of the applier's.
  refreshLastApplied(result, applied, writer);
  // An apply that changes only who has what leaves no time, and one that changes nothing leaves all as it was.
  if (!isNew && sameManagers(managers, [...kept, mine]))
    result.metadata.managedFields = live?.metadata.managedFields ?? [];
  else setManagers(result, [...kept, isNew ? { ...mine, time } : mine]);
  return result;
}

const stripped = ({ metadata: { managedFields: _, ...metadata }, ...rest }: ApiObject) => ({ ...rest, metadata });

function droppedBy(before: FieldSet, now: FieldSet, others: readonly Managed[]): FieldSet {
  const held = others.map(({ fields }) => withParents(fields)).reduce(union, withParents(now));
  return managedOnly(difference(withParents(before), held));
}

/** What kubectl applied before from its own side is no conflict with the manager of that time. */
function ownBefore(live: ApiObject | undefined, writer: Writer, schema: Schema): FieldSet {
  const text = live?.metadata.annotations?.[lastApplied];
  if (writer.manager !== "kubectl" || text === undefined) return new Set();
  try {
    const object: unknown = JSON.parse(text);
    if (!isFields(object)) return new Set();
    // Where somebody changed the value since, it is their word against ours.
    const { added, modified } = compare(object, live, schema);
    return difference(managedOnly(fieldsOf(object, schema)), union(added, modified));
  } catch {
    // Somebody wrote something else into it; then it says nothing.
    return new Set();
  }
}

function refreshLastApplied({ metadata }: ApiObject, applied: ApiObject, { manager }: Writer): void {
  if (manager !== "kubectl" || metadata.annotations?.[lastApplied] === undefined) return;
  const { annotations: { [lastApplied]: _, ...annotations } = {}, ...rest } = applied.metadata;
  const hasAny = Object.keys(annotations).length > 0;
  const object = { ...applied, metadata: { ...(hasAny && { annotations }), ...rest } };
  metadata.annotations = { ...metadata.annotations, [lastApplied]: `${sortedJson(object)}\n` };
}

const sortedJson = (value: unknown): string =>
  JSON.stringify(value, (_, at: unknown) => (isFields(at) ? Object.fromEntries(Object.entries(at).sort(byKey)) : at));
const byKey = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : a > b ? 1 : 0);

function refusal(conflicts: readonly { readonly manager: Managed; readonly fields: FieldSet }[]) {
  const causes: Cause[] = [];
  const parts = conflicts.map(({ manager, fields }) => {
    const who = `with ${nameOf(manager)}`;
    const paths = [...fields].map(showPath).sort();
    for (const field of paths) causes.push({ reason: "FieldManagerConflict", message: `conflict ${who}`, field });
    return paths.length === 1 ? `conflict ${who}: ${paths[0]}` : `conflicts ${who}:\n- ${paths.join("\n- ")}`;
  });
  const count = `${causes.length} conflict${causes.length === 1 ? "" : "s"}`;
  return applyConflict(`Apply failed with ${count}: ${parts.join("\n")}`, causes);
}

function nameOf({ manager, operation, apiVersion, subresource, time }: Managed): string {
  const name = `"${manager}"${subresource ? ` with subresource "${subresource}"` : ""}`;
  if (operation === "Apply") return name;
  return `${name} using ${apiVersion}${time === undefined ? "" : ` at ${time}`}`;
}
