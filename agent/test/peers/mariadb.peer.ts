import assert from "node:assert/strict";
import { once } from "node:events";
import { userInfo } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { systemClock } from "@edgetwin/mapper-sdk";
import type { SinkPoint } from "@edgetwin/mapper-sdk/sinks";
import { type SinkPeer, testSinkContract } from "@edgetwin/mapper-sdk/testing";
import { type Connection, createConnection, type RowDataPacket } from "mysql2/promise";
import { mysql } from "../../src/sinks/kinds/mysql.ts";
import { WireProxy } from "../sinks/support/wire-proxy.ts";
import { type Service, startProgram, startService } from "./service.ts";

const secret = "hunter2";
const { username } = userInfo();

/** Debian's mariadb-server with an empty database and a user for the sink. */
async function startMariadb(): Promise<Service> {
  const service = await startService({
    program: "mariadbd",
    debianPackage: "mariadb-server",
    argv: (directory, socket) => [
      ...["--no-defaults", `--datadir=${join(directory, "data")}`, `--socket=${socket}`, "--skip-networking"],
      ...[`--user=${username}`, "--innodb-buffer-pool-size=8M", "--innodb-log-file-size=4M", "--skip-log-bin"],
    ],
    async prepare(directory) {
      const argv = ["--no-defaults", `--datadir=${join(directory, "data")}`, "--skip-test-db", `--user=${username}`];
      const install = await startProgram(
        "mariadb-install-db",
        [...argv, "--auth-root-authentication-method=normal"],
        "mariadb-server",
      );
      install.stdout?.resume();
      let said = "";
      install.stderr?.on("data", (text) => {
        said += String(text);
      });
      const [code] = (await once(install, "exit")) as [number | null];
      assert.equal(code, 0, said);
    },
  });
  const root = await createConnection({ socketPath: service.socket, user: "root" });
  await root.query("CREATE USER edge IDENTIFIED BY 'hunter2'");
  await root.end();
  return service;
}

const service = startMariadb();
after(async () => await (await service)[Symbol.asyncDispose]());

let databases = 0;

/** A database of its own for one test, and a connection to look into it. */
async function freshDatabase(): Promise<{ name: string; root: Connection; socket: string }> {
  const { socket } = await service;
  const reading = { timezone: "Z", dateStrings: true, supportBigNumbers: true, bigNumberStrings: true } as const;
  const root = await createConnection({ socketPath: socket, user: "root", ...reading });
  const name = `plant${++databases}`;
  await root.query(`CREATE DATABASE ${name}`);
  await root.query(`GRANT ALL ON ${name}.* TO edge`);
  await root.query(`USE ${name}`);
  return { name, root, socket };
}

async function rowsOf(root: Connection, table: string): Promise<readonly RowDataPacket[]> {
  const [rows] = await root.query<RowDataPacket[]>(
    `SELECT ts, field FROM \`${table.replaceAll("`", "``")}\` ORDER BY id`,
  );
  return rows;
}

async function mariadbPeer(): Promise<SinkPeer> {
  const { name, root, socket } = await freshDatabase();
  const proxy = await WireProxy.open(socket);
  const table = "plant/boiler/temperature";
  return {
    config: { addr: `127.0.0.1:${proxy.port}`, database: name, userName: "edge", typed: true },
    credential: { secret },
    async arrived() {
      const [tables] = await root.query<RowDataPacket[]>("SHOW TABLES");
      const rows = tables.length === 0 ? [] : await rowsOf(root, table);
      return rows.map(({ ts, field }) => ({
        ...{ device: "plant/boiler", property: "temperature" },
        at: Date.parse(`${String(ts).replace(" ", "T")}Z`),
        value: String(field),
      }));
    },
    connections: proxy.connections,
    stall: proxy.stall,
    down: proxy.down,
    up: proxy.up,
    async [Symbol.asyncDispose]() {
      await proxy.down();
      await root.end();
    },
  };
}

testSinkContract(mysql, {
  peer: mariadbPeer,
  refusable: false,
  patienceMs: 15_000,
  badConfigs: [{}, { addr: "10.0.0.5:3306" }, { addr: "http://10.0.0.5", database: "plant" }],
});

const point = (more: Partial<SinkPoint>): SinkPoint => ({
  ...{
    device: "plant/tank",
    property: "level",
    type: "INT",
    value: 2n ** 62n,
    at: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    quality: "good",
  },
  config: undefined,
  ...more,
});

async function openOn(more: object = {}) {
  const { name, root, socket } = await freshDatabase();
  const { config } = mysql.check({ addr: socket, database: name, userName: "edge", ...more }, "push");
  const session = await mysql.open(config, { clock: systemClock, credential: { secret } });
  return {
    root,
    send: (...points: SinkPoint[]) => session.send(points.map((each) => ({ ...each, config }))),
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]();
      await root.end();
    },
  };
}

test("each property has KubeEdge's table; a batch that comes twice is there once; times are UTC with milliseconds", async () => {
  await using bench = await openOn();
  const points = [point({}), point({ property: "label", type: "STRING", value: "ü ' \u{1f600}" })];
  await bench.send(...points);
  await bench.send(...points);
  assert.deepEqual(await rowsOf(bench.root, "plant/tank/level"), [
    { ts: "2026-01-02 03:04:05.678", field: "4611686018427387904" },
  ]);
  assert.deepEqual(
    (await rowsOf(bench.root, "plant/tank/label")).map(({ field }) => field),
    ["ü ' \u{1f600}"],
  );
});

test("typed columns hold every type as what it is", async () => {
  await using bench = await openOn({ typed: true });
  const values: [SinkPoint["type"], SinkPoint["value"], string][] = [
    ["INT", -(2n ** 63n), "bigint"],
    ["DOUBLE", 1.5e300, "double"],
    ["FLOAT", Math.fround(21.5), "double"],
    ["BOOLEAN", true, "tinyint"],
    ["STRING", "eco", "text"],
    ["BYTES", new Uint8Array([0, 255]), "longblob"],
  ];
  await bench.send(...values.map(([type, value]) => point({ property: type, type, value })));
  for (const [type, value, column] of values) {
    const [rows] = await bench.root.query<RowDataPacket[]>(
      "SELECT DATA_TYPE AS type FROM information_schema.columns WHERE table_name = ? AND column_name = 'field' AND table_schema = DATABASE()",
      [`plant/tank/${type}`],
    );
    assert.equal(rows[0]?.type, column);
    const [row] = await rowsOf(bench.root, `plant/tank/${type}`);
    if (value instanceof Uint8Array) assert.deepEqual(row?.field, Buffer.from(value));
    else assert.equal(String(row?.field), value === true ? "1" : String(value));
  }
});

test("names that try to break out, and names that are too long, become tables all the same", async () => {
  await using bench = await openOn();
  const odd = ["a`; DROP TABLE x; -- ", "x".repeat(100), `${"x".repeat(99)}y`, "back\\slash ", "\u{1f600}"];
  await bench.send(...odd.map((property) => point({ property })));
  const [tables] = await bench.root.query<RowDataPacket[]>("SHOW TABLES");
  assert.equal(tables.length, odd.length);
});

test("a value that its column cannot hold is refused for good, and nothing of its batch is there", async () => {
  await using bench = await openOn();
  await bench.send(point({ property: "label", type: "STRING", value: "short" }));
  const long = point({ property: "label", type: "STRING", value: "x".repeat(70_000), at: 5000 });
  await assert.rejects(bench.send(point({ at: 4000 }), long), { code: "SINK_REFUSED", message: /Data too long/ });
  assert.equal((await rowsOf(bench.root, "plant/tank/label")).length, 1);
  assert.equal((await rowsOf(bench.root, "plant/tank/level")).length, 0);
});

test("a table that KubeEdge made is filled as it is", async () => {
  await using bench = await openOn();
  await bench.root.query(
    "CREATE TABLE `plant/tank/level` (id INT AUTO_INCREMENT PRIMARY KEY, ts DATETIME NOT NULL, field TEXT)",
  );
  await bench.send(point({ value: 7n }));
  assert.deepEqual(await rowsOf(bench.root, "plant/tank/level"), [{ ts: "2026-01-02 03:04:05", field: "7" }]);
});

test("a wrong password and a database that is not there are reasons to wait that name what is wrong", async () => {
  const { name, root, socket } = await freshDatabase();
  await root.end();
  const open = (database: string, password: string) =>
    mysql.open(mysql.check({ addr: socket, database, userName: "edge" }, "push").config, {
      clock: systemClock,
      credential: { secret: password },
    });
  await assert.rejects(open(name, "wrong"), { code: "SINK_UNAVAILABLE", message: /Access denied/ });
  await assert.rejects(open("nowhere", secret), {
    code: "SINK_UNAVAILABLE",
    message: /Access denied|Unknown database/,
  });
});
