import { type Cell, columns } from "../columns.ts";
import { causeStride } from "../limits.ts";
import { op } from "../messages.ts";
import type { Connection } from "./connection.ts";
import { PropertyIds } from "./property-ids.ts";

/** How many rows of each kind a batch wrote. */
export interface RowCounts {
  twin: number;
  cause: number;
  resource: number;
  health: number;
}

/** Runs a batch of encoded writes inside the caller's transaction. */
export interface WriteApplier {
  apply(cells: readonly Cell[]): RowCounts;
  readonly ids: PropertyIds;
}

/** Prepares the statements. @param ringSlots causes kept for each property. */
export function writeApplier(connection: Connection, ringSlots: number): WriteApplier {
  const ids = new PropertyIds(connection);
  // An update in place, unlike REPLACE, writes no page when the row is as it was.
  const upsert = (table: string, [key, ...names]: readonly string[]) =>
    connection.prepare(`INSERT INTO ${table} (${[key, ...names].join()}) VALUES (?${", ?".repeat(names.length)})
      ON CONFLICT (${key}) DO UPDATE SET ${names.map((name) => `${name} = excluded.${name}`).join()}`);
  const putResource = upsert("resource", columns.resource);
  const putTwin = upsert("twin", ["property", ...columns.twin]);
  const putCause = upsert("cause", ["id", ...columns.cause]);
  const putHealth = upsert("health", columns.health);
  const dropResource = connection.prepare("DELETE FROM resource WHERE uid = ?");
  const dropTwin = connection.prepare("DELETE FROM twin WHERE property = ?");
  const dropCauses = connection.prepare("DELETE FROM cause WHERE id BETWEEN ? AND ?");
  const dropHealth = connection.prepare("DELETE FROM health WHERE device = ?");
  const propertiesOf = connection.prepare<[string], number>("SELECT id FROM property WHERE device = ?").pluck();
  const dropProperties = connection.prepare("DELETE FROM property WHERE device = ?");

  function forgetRows(id: number): void {
    dropTwin.run(id);
    dropCauses.run(id * causeStride, (id + 1) * causeStride - 1);
  }

  function forgetDevice(uid: string): void {
    for (const id of propertiesOf.all(uid)) forgetRows(id);
    dropProperties.run(uid);
    dropHealth.run(uid);
    ids.forgetDevice(uid);
  }

  function apply(cells: readonly Cell[]): RowCounts {
    const rows: RowCounts = { twin: 0, cause: 0, resource: 0, health: 0 };
    let at = 0;
    while (at < cells.length) {
      const code = cells[at];
      if (code === op.putTwin || code === op.putCause) {
        const isTwin = code === op.putTwin;
        const end = at + 3 + (isTwin ? columns.twin.length : columns.cause.length);
        const row = cells.slice(at + 2, end);
        const id = ids.of(String(cells[at + 1]), String(cells[at + 2]));
        if (isTwin) {
          row[0] = id;
          putTwin.run(row);
          rows.twin++;
        } else {
          row[0] = id * causeStride + (Number(row[1]) % ringSlots);
          putCause.run(row);
          rows.cause++;
        }
        at = end;
      } else if (code === op.putHealth) {
        putHealth.run(cells.slice(at + 1, at + 1 + columns.health.length));
        rows.health++;
        at += 1 + columns.health.length;
      } else if (code === op.putResource) {
        putResource.run(cells.slice(at + 1, at + 1 + columns.resource.length));
        rows.resource++;
        at += 1 + columns.resource.length;
      } else if (code === op.dropTwin) {
        const device = String(cells[at + 1]);
        const name = String(cells[at + 2]);
        const id = ids.find(device, name);
        if (id !== undefined) {
          forgetRows(id);
          ids.forget(device, name, id);
        }
        rows.twin++;
        at += 3;
      } else if (code === op.dropResource) {
        const uid = String(cells[at + 1]);
        dropResource.run(uid);
        forgetDevice(uid);
        rows.resource++;
        at += 2;
      } else {
        throw new TypeError(`cell ${at} of the batch is ${code}, which is no write`);
      }
    }
    return rows;
  }

  return { apply, ids };
}
