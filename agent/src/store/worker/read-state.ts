import { type Cell, columns } from "../columns.ts";
import { causeStride } from "../limits.ts";
import type { Part } from "../messages.ts";
import type { Connection } from "./connection.ts";

/** Cells in one message: enough to be quick, few enough that a large database never stands in memory twice. */
const cellsPerPart = 10_000;

const selects: Readonly<Record<Part["table"], string>> = {
  resource: `SELECT ${columns.resource.join()} FROM resource ORDER BY created_at, uid`,
  twin: `SELECT device, name, ${columns.twin.join()} FROM twin JOIN property ON property.id = twin.property ORDER BY property.id`,
  health: `SELECT ${columns.health.join()} FROM health`,
};

/** Hands everything the agent starts from to `send`, some rows at a time. */
export function readState(connection: Connection, send: (part: Part) => void): void {
  for (const table of ["resource", "twin", "health"] as const) {
    let cells: Cell[] = [];
    for (const row of connection.prepare<[], Cell[]>(selects[table]).raw().iterate()) {
      for (const cell of row) cells.push(cell);
      if (cells.length < cellsPerPart) continue;
      send({ table, cells });
      cells = [];
    }
    if (cells.length > 0) send({ table, cells });
  }
}

/** The causes of one property, oldest first, as one run of cells. */
export function readCauses(connection: Connection, device: string, property: string): Cell[] {
  const id = connection.prepare("SELECT id FROM property WHERE device = ? AND name = ?").pluck().get(device, property);
  if (typeof id !== "number") return [];
  return connection
    .prepare<[number, number], Cell[]>(
      `SELECT ${columns.cause.join()} FROM cause WHERE id BETWEEN ? AND ? ORDER BY seq`,
    )
    .raw()
    .all(id * causeStride, (id + 1) * causeStride - 1)
    .flat();
}
