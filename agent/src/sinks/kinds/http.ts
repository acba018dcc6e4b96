import { f, fields, linkSignals, MapperError } from "@edgetwin/mapper-sdk";
import { defineSink, type SinkPoint } from "@edgetwin/mapper-sdk/sinks";
import { authorization, HttpPoster, httpUrl } from "./http-poster.ts";
import { localDateTime, valueText } from "./kubeedge-text.ts";
import { pointJson } from "./point-json.ts";

const url = httpUrl("http://10.0.0.5");

/** KubeEdge writes the scheme into `hostName`; who leaves it out means http. */
const hostName = f.custom('a host like "http://10.0.0.5", with its scheme', (raw) => {
  const parsed = url.parse(typeof raw === "string" && !raw.includes("://") ? `http://${raw}` : raw);
  return "value" in parsed ? parsed.value : undefined;
});

/** POSTs batches as JSON, or one value at a time in the form of KubeEdge's mappers (`compat`). */
export const http = defineSink({
  name: "http",
  config: fields({
    hostName,
    port: f.withDefault(f.int({ min: 0, max: 65_535 }), 0),
    requestPath: f.withDefault(f.string(), "/"),
    timeout: f.withDefault(f.int({ min: 0 }), 0),
    compat: f.withDefault(f.boolean(), false),
  }),
  target({ hostName, port, requestPath, timeout, compat }) {
    const place = new URL(hostName);
    if (port > 0) place.port = String(port);
    return { url: new URL(requestPath, place).href, timeout, compat };
  },
  address: ({ url }) => url,
  // A batch in KubeEdge's form is one request for each value; what has arrived should not come again.
  batch: ({ compat }) => (compat ? 1 : 500),
  async open({ target: { url, timeout, compat }, credential, scope, clock }) {
    const poster = await HttpPoster.open(url, scope);
    const headers = {
      "Content-Type": compat ? "application/x-www-form-urlencoded" : "application/json",
      ...authorization(credential),
    };
    return {
      async send(points, { signal }) {
        const late = new AbortController();
        using both = linkSignals(signal, late.signal);
        const tooLate = new MapperError("SINK_UNAVAILABLE", `it did not answer within ${timeout} ms`);
        using _ = timeout > 0 ? clock.after(timeout, () => late.abort(tooLate)) : undefined;
        const bodies = compat ? points.map(formOf) : [JSON.stringify({ points: points.map(pointJson) })];
        for (const body of bodies) await poster.post({ headers, body, signal: both.signal });
      },
    };
  },
});

/** `temperature=21.5&time=2026-11-20 10:00:00`: unescaped but for what would break the form. */
function formOf(point: SinkPoint): string {
  const escaped = (text: string) => text.replace(/[%&=+#\p{Cc}]/gu, encodeURIComponent);
  return `${escaped(point.property)}=${escaped(valueText(point))}&time=${localDateTime(point.at)}`;
}
