import { columns } from "../columns.ts";
import { causeStride } from "../limits.ts";
import type { Connection } from "./connection.ts";

/**
 * Gives the rings of the cause log `slots` places each. When that number was another one before, every cause moves to
 * its new place and those that no longer fit, the oldest, go.
 */
export function fitCauseRings(connection: Connection, slots: number): void {
  const before = connection.prepare("SELECT value FROM meta WHERE key = 'causes_per_property'").pluck().get();
  if (before === slots) return;
  const names = columns.cause.join();
  connection.transaction(() => {
    if (before !== undefined) {
      connection.exec(`
        CREATE TEMP TABLE kept AS SELECT property, ${names} FROM (
          SELECT id / ${causeStride} AS property, ${names},
            row_number() OVER (PARTITION BY id / ${causeStride} ORDER BY seq DESC) AS age FROM cause)
          WHERE age <= ${slots};
        DELETE FROM cause;
        INSERT INTO cause (id, ${names}) SELECT property * ${causeStride} + seq % ${slots}, ${names} FROM kept;
        DROP TABLE kept;`);
    }
    connection.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('causes_per_property', ?)").run(slots);
  })();
}
