import type { SinkPoint } from "@edgetwin/mapper-sdk/sinks";
import { namesOf, valueText } from "./kubeedge-text.ts";

/** How a point becomes a line. */
export interface LineOptions {
  /** Default: the name of the device. */
  readonly measurement?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** Default: the name of the property. */
  readonly fieldKey?: string | undefined;
  /** As KubeEdge writes it: the value as text, and no tags but the given ones. */
  readonly compat: boolean;
}

/**
 * A point in InfluxDB's line protocol with milliseconds: `boiler,device=boiler,namespace=plant temperature=21.5 1700000000000`.
 * Nothing in a name, tag or value can end the place it stands in.
 *
 * @see https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/
 */
export function lineOf(point: SinkPoint, { measurement, tags, fieldKey, compat }: LineOptions): string {
  const [namespace, device] = namesOf(point);
  const all = compat ? tags : { device, namespace, ...tags };
  const tagText = Object.entries(all)
    .filter(([, value]) => value !== "") // an empty tag is a syntax error
    .sort(([a], [b]) => (a < b ? -1 : 1)) // sorted tags spare the database the work
    .map(([key, value]) => `,${escapeKey(key)}=${escapeKey(value)}`)
    .join("");
  const field = `${escapeKey(fieldKey ?? point.property)}=${compat ? quote(valueText(point)) : fieldValue(point)}`;
  return `${escapeMeasurement(measurement ?? device)}${tagText} ${field} ${Math.round(point.at)}`;
}

function fieldValue(point: SinkPoint): string {
  const { value } = point;
  if (typeof value === "bigint") return `${value}i`;
  if (typeof value === "number") return valueText(point);
  if (typeof value === "boolean") return String(value);
  return quote(valueText(point));
}

const quote = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;

/** Commas and blanks end a measurement. A `#` in front would make the line a comment. */
const escapeMeasurement = (text: string): string => oneLine(text).replace(/[, ]/g, "\\$&").replace(/^#/, "\\#");

const escapeKey = (text: string): string => oneLine(text).replace(/[,= ]/g, "\\$&");

/**
 * A line cannot be broken outside a quoted value, so breaks become the two characters that name them. A backslash at the
 * end would escape what follows and cannot be escaped itself: it is left out.
 */
function oneLine(text: string): string {
  const flat = text.replace(/\n/g, "\\n").replace(/\r/g, "\\r").replace(/\t/g, "\\t").replace(/\0/g, "");
  return flat.replace(/\\+$/, "") || "_";
}
