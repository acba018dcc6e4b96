import { fields } from "@edgetwin/mapper-sdk";
import { defineSink, type SinkPoint } from "@edgetwin/mapper-sdk/sinks";
import { authorization, HttpPoster, httpUrl } from "./http-poster.ts";
import { namesOf, valueText } from "./kubeedge-text.ts";

/** OTLP/HTTP in JSON (opentelemetry-proto 1.x, `/v1/metrics`): one gauge for each property. */
export const otel = defineSink({
  name: "otel",
  config: fields({ endpointURL: httpUrl("http://collector:4318") }),
  target({ endpointURL }) {
    const url = new URL(endpointURL);
    // OTLP exporter specification: a base URL without a path means the default path of the signal.
    if (url.pathname === "/") url.pathname = "/v1/metrics";
    return { url: url.href };
  },
  address: ({ url }) => url,
  async open({ target: { url }, credential, scope }) {
    const poster = await HttpPoster.open(url, scope);
    const headers = { "Content-Type": "application/json", ...authorization(credential) };
    return {
      async send(points, { signal }) {
        await poster.post({ headers, body: JSON.stringify(metricsOf(points)), signal });
      },
    };
  },
});

/** `ExportMetricsServiceRequest`: a resource for each device, a metric for each property. */
function metricsOf(points: readonly SinkPoint[]): unknown {
  const devices = groupBy(points, ({ device }) => device);
  return {
    resourceMetrics: [...devices].map(([device, own]) => ({
      // KubeEdge's resource attribute.
      resource: { attributes: [attribute("service.name", "edgetwin"), attribute("device.id", device)] },
      scopeMetrics: [
        {
          scope: { name: "edgetwin" },
          metrics: [...groupBy(own, ({ property }) => property)].map(([name, values]) => ({
            name,
            ...(values[0]?.unit !== undefined && { unit: values[0].unit }),
            gauge: { dataPoints: values.map(dataPoint) },
          })),
        },
      ],
    })),
  };
}

function dataPoint(point: SinkPoint): unknown {
  const [namespace, name] = namesOf(point);
  const { unit, at, quality } = point;
  const attributes = [
    attribute("device", name),
    attribute("namespace", namespace),
    ...(unit === undefined ? [] : [attribute("unit", unit)]),
    ...(quality === "good" ? [] : [attribute("quality", quality)]),
  ];
  return { timeUnixNano: String(BigInt(Math.round(at)) * 1_000_000n), ...measured(point, attributes) };
}

/** A gauge holds numbers only: a text is an attribute of a 1, as state metrics do it. */
function measured(point: SinkPoint, attributes: readonly unknown[]): object {
  const { value } = point;
  if (typeof value === "bigint") return { asInt: String(value), attributes };
  if (typeof value === "number") return { asDouble: value, attributes };
  if (typeof value === "boolean") return { asInt: value ? "1" : "0", attributes };
  return { asInt: "1", attributes: [...attributes, attribute("value", valueText(point))] };
}

const attribute = (key: string, text: string) => ({ key, value: { stringValue: text } });

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
