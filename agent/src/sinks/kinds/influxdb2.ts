import { promisify } from "node:util";
import { f, fields } from "@edgetwin/mapper-sdk";
import { defineSink } from "@edgetwin/mapper-sdk/sinks";
import { HttpPoster, httpUrl } from "./http-poster.ts";
import { lineOf } from "./line-protocol.ts";

const tags = f.custom('tags like {"site":"hall 3"}', (raw) =>
  typeof raw === "object" &&
  raw !== null &&
  !Array.isArray(raw) &&
  Object.values(raw).every((value) => typeof value === "string")
    ? (raw as Readonly<Record<string, string>>)
    : undefined,
);

/** InfluxDB 2 over its write API. A point of the same series and time replaces the one there: sending twice does no harm. */
export const influxdb2 = defineSink({
  name: "influxdb2",
  config: fields({
    url: httpUrl("http://10.0.0.5:8086"),
    org: f.withDefault(f.string(), ""),
    bucket: f.string(),
    measurement: f.optional(f.string()),
    tag: f.withDefault(tags, {}),
    fieldKey: f.optional(f.string()),
    gzip: f.withDefault(f.boolean(), false),
    compat: f.withDefault(f.boolean(), false),
  }),
  target: ({ url, org, bucket, gzip }) => ({ url, org, bucket, gzip }),
  address: ({ url, org, bucket }) => writeUrl({ url, org, bucket }),
  batch: () => 5000, // what InfluxData recommends
  async open({ target, credential, scope }) {
    const poster = await HttpPoster.open(writeUrl(target), scope);
    const compress = target.gzip ? promisify((await import("node:zlib")).gzip) : undefined;
    const headers = {
      "Content-Type": "text/plain; charset=utf-8",
      ...(target.gzip && { "Content-Encoding": "gzip" }),
      ...(credential?.secret !== undefined && { Authorization: `Token ${credential.secret}` }),
    };
    return {
      async send(points, { signal }) {
        const lines = points.map((point) => {
          const { measurement, tag, fieldKey, compat } = point.config;
          return lineOf(point, { measurement, tags: tag, fieldKey, compat });
        });
        const text = lines.join("\n");
        await poster.post({ headers, body: compress ? await compress(text) : text, signal });
      },
    };
  },
});

function writeUrl({
  url,
  org,
  bucket,
}: {
  readonly url: string;
  readonly org: string;
  readonly bucket: string;
}): string {
  const base = url.endsWith("/") ? url : `${url}/`;
  const query = new URLSearchParams({ ...(org !== "" && { org }), bucket, precision: "ms" });
  return `${new URL("api/v2/write", base).href}?${query}`;
}
