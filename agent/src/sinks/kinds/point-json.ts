import type { SinkPoint } from "@edgetwin/mapper-sdk/sinks";
import { toJson } from "@edgetwin/models";

/** A point as JSON: what the HTTP and MQTT sinks send. INT beyond 2^53 is decimal text, BYTES base64. */
export function pointJson({
  device,
  property,
  type,
  value,
  unit,
  at,
  quality,
}: SinkPoint): Readonly<Record<string, unknown>> {
  return {
    device,
    property,
    value: toJson(value, type),
    type,
    ...(unit !== undefined && { unit }),
    at: new Date(at).toISOString(),
    quality,
  };
}
