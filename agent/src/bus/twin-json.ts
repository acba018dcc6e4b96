import { type PropertyType, sameValue } from "@edgetwin/mapper-sdk";
import { formatText } from "@edgetwin/models";
import type { PropertyTwin } from "../twin/types.ts";

/*
 * Twins as KubeEdge writes them on the bus, built as JSON text: these messages are the hot path, and intermediate objects
 * would cost more than the text. All times are milliseconds since 1970, all values text.
 */

/** Which sides of a twin to show. */
export interface Sides {
  readonly expected: boolean;
  readonly actual: boolean;
}

export const bothSides: Sides = { expected: true, actual: true };

/** KubeEdge's word for a type. DOUBLE and BYTES have none on its bus (its edge refuses them), so they travel as text. */
export function typeWord(type: PropertyType): string {
  switch (type) {
    case "INT":
      return "int";
    case "FLOAT":
      return "float";
    case "BOOLEAN":
      return "boolean";
    default:
      return "string";
  }
}

/** The desired value as text; undefined when none or the empty text is wanted, which KubeEdge takes for none. */
export function expectedText({ desired, type }: PropertyTwin): string | undefined {
  if (desired === undefined) return undefined;
  const text = formatText(desired.value, type);
  return text === "" ? undefined : text;
}

/** Whether something is wanted that the device does not have. */
export function differs(twin: PropertyTwin): boolean {
  if (twin.desired === undefined || sameValue(twin.desired.value, twin.reported?.value)) return false;
  return twin.desired.value !== "";
}

/** One twin: `{"expected":…,"actual":…,"optional":…,"metadata":{"type":…}}` with the wanted sides, without versions. */
export function twinJson(twin: PropertyTwin, { expected, actual }: Sides): string {
  return `{${members(twin, { expected, actual })}}`;
}

/** One twin with everything that is known: also versions, and how far the desired value got. */
export function fullTwinJson(twin: PropertyTwin): string {
  const { desired, reported, progress } = twin;
  let json = `{${members(twin, bothSides)}`;
  if (desired) json += `,"expected_version":{"cloud":0,"edge":${desired.version}}`;
  if (reported) json += `,"actual_version":{"cloud":0,"edge":${reported.version}},"quality":"${reported.quality}"`;
  if (progress) {
    const reason = progress.reason === undefined ? "" : `,"reason":${JSON.stringify(progress.reason)}`;
    json += `,"progress":{"phase":"${progress.phase}","version":${progress.version}${reason}}`;
  }
  return `${json}}`;
}

function members(twin: PropertyTwin, { expected, actual }: Sides): string {
  const { desired, reported, type, optional } = twin;
  let json = "";
  if (expected && desired) json += `"expected":${valueJson(formatText(desired.value, type), desired.at)},`;
  if (actual && reported) json += `"actual":${valueJson(formatText(reported.value, type), reported.at)},`;
  return `${json}"optional":${optional},"metadata":{"type":"${typeWord(type)}"}`;
}

const valueJson = (text: string, at: number) => `{"value":${JSON.stringify(text)},"metadata":{"timestamp":${at}}}`;
