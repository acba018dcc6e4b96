import type { ArrivedPoint } from "@edgetwin/mapper-sdk/testing";
import type { HttpService } from "./http-far-end.ts";
import { parseLine } from "./parse-line.ts";

interface PointJson {
  readonly device: string;
  readonly property: string;
  readonly value: unknown;
  readonly at: string;
}

/** A plain receiver of JSON. */
export const jsonService: HttpService = {
  config: (port) => ({ hostName: "http://127.0.0.1", port, requestPath: "/values" }),
  credential: { secret: "hunter2" },
  parse: ({ body }) =>
    (JSON.parse(body) as { points: PointJson[] }).points.map(({ device, property, value, at }) => ({
      device,
      property,
      at: Date.parse(at),
      value: String(value),
    })),
};

/** InfluxDB 2's write API. */
export const influxService: HttpService = {
  config: (port) => ({ url: `http://127.0.0.1:${port}`, org: "plant", bucket: "edge", gzip: true }),
  credential: { secret: "hunter2" },
  parse: ({ body }) =>
    body.split("\n").map((text): ArrivedPoint => {
      const { tags, field, value, at } = parseLine(text);
      return { device: `${tags.namespace}/${tags.device}`, property: field, at, value: value.replace(/i$/, "") };
    }),
};

interface OtlpMetrics {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: { stringValue: string } }[] };
    readonly scopeMetrics: readonly {
      readonly metrics: readonly {
        readonly name: string;
        readonly gauge: { readonly dataPoints: readonly { timeUnixNano: string; asInt?: string; asDouble?: number }[] };
      }[];
    }[];
  }[];
}

/** An OpenTelemetry collector. */
export const otlpService: HttpService = {
  config: (port) => ({ endpointURL: `http://127.0.0.1:${port}` }),
  answer: () => "{}",
  parse: ({ body }) =>
    (JSON.parse(body) as OtlpMetrics).resourceMetrics.flatMap(({ resource, scopeMetrics }) => {
      const device = resource.attributes.find(({ key }) => key === "device.id")?.value.stringValue ?? "";
      return scopeMetrics.flatMap(({ metrics }) =>
        metrics.flatMap(({ name, gauge }) =>
          gauge.dataPoints.map(({ timeUnixNano, asInt, asDouble }) => ({
            device,
            property: name,
            at: Number(BigInt(timeUnixNano) / 1_000_000n),
            value: asInt ?? String(asDouble),
          })),
        ),
      );
    }),
};

/** TDengine's REST endpoint: it answers 200 to everything and says in the body what it thinks of it. */
export const tdengineService: HttpService = {
  config: (port) => ({ addr: `127.0.0.1:${port}`, dbName: "plant" }),
  credential: { username: "root", secret: "taosdata" },
  answer: () => JSON.stringify({ code: 0, rows: 0 }),
  refusal: { status: 200, body: JSON.stringify({ code: 0x2653, desc: "Value too long for column/tag" }) },
  parse: ({ body }) =>
    [
      ...body.matchAll(
        /`([^`]*)` USING `[^`]*` TAGS \('[^']*'\) VALUES \((\d+), '([^']*)', '([^']*)', '([^']*)', '[^']*'\)/g,
      ),
    ].map(([, , at, device = "", property = "", value = ""]) => ({ device, property, at: Number(at), value })),
};
