import type { SinkPoint } from "@edgetwin/mapper-sdk/sinks";
import { formatText } from "@edgetwin/models";

/** The value as KubeEdge's mappers hand it on: always text. */
export const valueText = ({ value, type }: SinkPoint): string => formatText(value, type);

/** `2026-11-20 10:00:00` in the time zone of the agent, as mapper-framework's `publish` prints it. */
export function localDateTime(at: number): string {
  const time = new Date(at);
  const two = (part: number) => String(part).padStart(2, "0");
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("-");
  return `${day} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":")}`;
}

/** `2026-11-20 10:00:00.123` in UTC, for SQL. */
export const utcDateTime = (at: number): string => new Date(at).toISOString().replace("T", " ").slice(0, 23);

/** Namespace and name of `namespace/name`. */
export function namesOf({ device }: SinkPoint): readonly [namespace: string, name: string] {
  const slash = device.indexOf("/");
  return [device.slice(0, slash), device.slice(slash + 1)];
}
