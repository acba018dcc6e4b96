import { type Device, type DeviceModel, parseJsonText, type Resource, toV1beta1 } from "@edgetwin/models";
import type { StoredResource } from "../store/store.ts";
import { contextOf } from "./read-manifests.ts";
import type { Kept } from "./resources.ts";

/**
 * What was applied before the restart. A row that cannot be read any more costs only itself: `onFailure` gets it, and the
 * agent starts without.
 */
export function readStored(
  rows: readonly StoredResource[],
  onFailure: (row: StoredResource, error: unknown) => void,
): readonly Kept[] {
  const each = <T, R>(items: readonly T[], rowOf: (item: T) => StoredResource, convert: (item: T) => R): R[] =>
    items.flatMap((item) => {
      try {
        return [convert(item)];
      } catch (error) {
        onFailure(rowOf(item), error);
        return [];
      }
    });
  const parsed = each(
    rows,
    (row) => row,
    (row) => ({ row, manifest: parseJsonText(row.manifest) as Resource }),
  );
  const context = contextOf(parsed.map(({ manifest }) => manifest));
  return each(
    parsed,
    ({ row }) => row,
    ({ row, manifest }) => ({
      ...row,
      id: `${row.namespace}/${row.name}`,
      manifest: manifest as unknown as Kept["manifest"],
      resource: toV1beta1(manifest, context) as DeviceModel | Device,
    }),
  );
}
