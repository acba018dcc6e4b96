import { f, fields, MapperError } from "@edgetwin/mapper-sdk";
import { defineSink, type SinkPoint } from "@edgetwin/mapper-sdk/sinks";
import { hostPort, showPlace } from "./host-port.ts";
import { authorization, HttpPoster } from "./http-poster.ts";
import { valueText } from "./kubeedge-text.ts";
import { quoteIdentifier } from "./sql-identifier.ts";

/** TDengine documentation, "Names and limits". */
const longestName = 192;

/** As text stands in SQL: quotes and backslashes escaped, and no NUL, which ends it. */
const quote = (text: string): string => `'${text.replaceAll("\0", "").replace(/['\\]/g, "\\$&")}'`;

const name = (text: string): string => quoteIdentifier(text.replaceAll("-", "_"), longestName);

/**
 * TDengine over its REST endpoint: KubeEdge's super table for each device, and in it a table for each property. A row of
 * the same time replaces the one there: sending twice does no harm.
 */
export const tdengine = defineSink({
  name: "TDEngine",
  config: fields({
    addr: hostPort(6041),
    dbName: f.string(),
    tls: f.withDefault(f.boolean(), false),
  }),
  target: ({ addr, dbName, tls }) => ({ addr, dbName, tls }),
  address: ({ addr, dbName, tls }) =>
    `http${tls ? "s" : ""}://${showPlace(addr)}/rest/sql/${encodeURIComponent(dbName)}`,
  batch: () => 200, // a statement is at most 1 MB
  async open({ target: { addr, dbName, tls }, credential, scope }) {
    if ("path" in addr)
      throw new MapperError("CONFIG_INVALID", `addr: TDengine has no Unix socket; write host:port, not ${addr.path}`);
    const poster = await HttpPoster.open(`http${tls ? "s" : ""}://${showPlace(addr)}`, scope);
    const path = `/rest/sql/${encodeURIComponent(dbName)}`;
    const headers = { "Content-Type": "text/plain", ...authorization(credential) };
    const made = new Set<string>();
    const execute = async (sql: string, signal: AbortSignal) =>
      checkAnswer(await poster.post({ path, headers, body: sql, signal }));
    return {
      async send(points, { signal }) {
        for (const device of new Set(points.map((point) => point.device))) {
          if (made.has(device)) continue;
          await execute(createTable(device), signal);
          made.add(device);
        }
        await execute(`INSERT INTO ${points.map(rowOf).join(" ")}`, signal);
      },
    };
  },
});

/** KubeEdge's columns and its spelling of the tag; `data` holds more than its 64 bytes. */
const createTable = (device: string): string =>
  `CREATE STABLE IF NOT EXISTS ${name(device)} (ts TIMESTAMP, deviceid BINARY(64), propertyname BINARY(64),` +
  " data BINARY(1024), type BINARY(64)) TAGS (localtion BINARY(64))";

function rowOf(point: SinkPoint): string {
  const { device, property, type, at } = point;
  const table = name(`${device}/${property}`);
  const texts = [device, property, valueText(point), type.toLowerCase()].map(quote).join(", ");
  return `${table} USING ${name(device)} TAGS (${quote(property)}) VALUES (${Math.round(at)}, ${texts})`;
}

/** Codes of values that their column cannot hold (TDengine error codes, 0x80002605, 0x80002653 and 0x8000026B). */
const refusals = new Set([0x2605, 0x2653, 0x026b]);

function checkAnswer(text: string): void {
  let answer: { code?: unknown; desc?: unknown };
  try {
    answer = JSON.parse(text) as typeof answer;
  } catch (cause) {
    throw new MapperError("SINK_UNAVAILABLE", `it is no TDengine: its answer is not JSON: ${text.slice(0, 80)}`, {
      cause,
    });
  }
  const code = Number(answer.code ?? 0);
  if (code === 0) return;
  const kind = refusals.has(code & 0xffff) ? "SINK_REFUSED" : "SINK_UNAVAILABLE";
  throw new MapperError(kind, `${String(answer.desc ?? "it failed")} (0x${code.toString(16)})`);
}
