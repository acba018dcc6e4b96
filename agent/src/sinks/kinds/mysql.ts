import { f, fields, MapperError } from "@edgetwin/mapper-sdk";
import { defineSink } from "@edgetwin/mapper-sdk/sinks";
import { hostPort, showPlace } from "./host-port.ts";
import { MysqlTables } from "./mysql-tables.ts";

/** MySQL and MariaDB: a table for each property, named as KubeEdge names it, made when the first value comes. */
export const mysql = defineSink({
  name: "mysql",
  config: fields({
    addr: hostPort(3306),
    database: f.string(),
    userName: f.optional(f.string()),
    tls: f.withDefault(f.boolean(), false),
    typed: f.withDefault(f.boolean(), false),
  }),
  target: ({ addr, database, userName, tls }) => ({ addr, database, ...(userName !== undefined && { userName }), tls }),
  address: ({ addr, database }) => `mysql://${showPlace(addr)}/${database}`,
  async open({ target: { addr, database, userName, tls }, credential, scope, signal }) {
    const { createConnection } = await import("mysql2/promise");
    const user = userName ?? credential?.username;
    const connecting = createConnection({
      ...("path" in addr ? { socketPath: addr.path } : addr),
      database,
      charset: "utf8mb4",
      timezone: "Z",
      ...(user !== undefined && { user }),
      ...(credential?.secret !== undefined && { password: credential.secret }),
      ...(tls && { ssl: {} }),
    });
    // A connect cannot be stopped: what comes of it after the scope ended is closed at once.
    scope.defer(
      () =>
        void connecting.then(
          (late) => late.destroy(),
          () => undefined,
        ),
    );
    const connection = await connecting;
    let lost: unknown;
    connection.on("error", (error: unknown) => {
      lost = error;
    });
    const stop = () => connection.destroy();
    signal.addEventListener("abort", stop, { once: true });
    scope.defer(() => signal.removeEventListener("abort", stop));
    await connection.query("SET time_zone = '+00:00'");
    const tables = new MysqlTables(connection);
    return {
      async send(points) {
        if (lost) throw lost;
        try {
          await tables.make(points);
          await connection.beginTransaction();
          await tables.insert(points);
          await connection.commit();
        } catch (error) {
          if (!isRefusal(error)) throw error;
          await connection.rollback();
          throw new MapperError("SINK_REFUSED", error.message, { cause: error });
        }
      },
    };
  },
});

/** Values that their column cannot hold: too long, out of range, of the wrong kind, malformed (MySQL error reference). */
const refusals = new Set([1264, 1265, 1292, 1366, 1367, 1406]);

const isRefusal = (error: unknown): error is Error =>
  error instanceof Error && "errno" in error && refusals.has(Number(error.errno));
