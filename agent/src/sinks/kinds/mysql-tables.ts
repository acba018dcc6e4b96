import type { PropertyType, Value } from "@edgetwin/mapper-sdk";
import type { SinkPoint } from "@edgetwin/mapper-sdk/sinks";
import type { Connection } from "mysql2/promise";
import { utcDateTime, valueText } from "./kubeedge-text.ts";
import { quoteIdentifier } from "./sql-identifier.ts";

/** MySQL reference, identifier length limits. */
const longestName = 64;

const columnTypes: Readonly<Record<PropertyType, string>> = {
  INT: "BIGINT",
  FLOAT: "DOUBLE",
  DOUBLE: "DOUBLE",
  BOOLEAN: "BOOLEAN",
  STRING: "TEXT",
  BYTES: "LONGBLOB",
};

type TablePoint = SinkPoint<{ readonly typed: boolean }>;

/**
 * The tables of the properties in one connection: `` `namespace/device/property` `` with KubeEdge's columns. Ours have a unique
 * time, so that a batch that comes again changes nothing; in a table that KubeEdge made, it adds its rows once more.
 */
export class MysqlTables {
  readonly #connection: Connection;
  readonly #made = new Set<string>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Makes the tables that are missing. Not in a transaction: MySQL would end it. */
  async make(points: readonly TablePoint[]): Promise<void> {
    for (const point of points) await this.#make(tableOf(point), point);
  }

  /** Writes points whose tables are there, in the transaction that is open. Rejects as the database does. */
  async insert(points: readonly TablePoint[]): Promise<void> {
    const byTable = new Map<string, TablePoint[]>();
    for (const point of points) {
      const table = tableOf(point);
      const rows = byTable.get(table);
      if (rows) rows.push(point);
      else byTable.set(table, [point]);
    }
    for (const [table, rows] of byTable) {
      const values = rows.map((point) => [utcDateTime(point.at), columnValue(point)]);
      await this.#connection.query(
        `INSERT INTO ${table} (ts, field) VALUES ? ON DUPLICATE KEY UPDATE field = VALUES(field)`,
        [values],
      );
    }
  }

  async #make(table: string, { type, config: { typed } }: TablePoint): Promise<void> {
    if (this.#made.has(table)) return;
    await this.#connection.query(
      `CREATE TABLE IF NOT EXISTS ${table} (id INT AUTO_INCREMENT PRIMARY KEY, ts DATETIME(3) NOT NULL,` +
        ` field ${typed ? columnTypes[type] : "TEXT"}, UNIQUE KEY ts (ts)) DEFAULT CHARSET=utf8mb4`,
    );
    this.#made.add(table);
  }
}

const tableOf = ({ device, property }: TablePoint): string => quoteIdentifier(`${device}/${property}`, longestName);

/** A `bigint` goes as decimal text, which any column takes; the library would write it as a number all the same. */
function columnValue(point: TablePoint): Exclude<Value, bigint> | Buffer {
  const { value, config } = point;
  if (!config.typed || typeof value === "bigint") return valueText(point);
  return value instanceof Uint8Array ? Buffer.from(value) : value;
}
