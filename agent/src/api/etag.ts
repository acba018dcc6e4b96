import { createHash } from "node:crypto";
import { AgentError } from "../errors.ts";
import type { DeviceTwin, PropertyTwin } from "../twin/types.ts";

/**
 * Entity tags (RFC 9110 8.8.3) name the desired side: they change when a desired value changes, not when a sensor
 * reports, so that `If-Match` means "nobody else has switched it since I looked".
 */
export function propertyTag(device: DeviceTwin, twin: PropertyTwin): string {
  // The uid keeps a tag of a deleted device from fitting a new one of the same name.
  return `"${twin.lastVersion}.${shortHash(device.uid)}"`;
}

/** The tag of all twins of a device together. */
export function deviceTag(device: DeviceTwin): string {
  const versions = [...device.twins.values()].map(({ name, lastVersion }) => [name, lastVersion]);
  return `"${shortHash(JSON.stringify([device.uid, versions.sort()]))}"`;
}

/**
 * Compares an `If-Match` header with the current tag; strong comparison, so weak tags never fit.
 *
 * @throws AgentError `VERSION_CONFLICT` when none fits, `REQUEST_INVALID` when it is no list of tags.
 */
export function checkIfMatch(header: string | undefined, current: string): void {
  if (header === undefined || header.trim() === "*") return;
  const tags: readonly string[] = header.match(/(?:W\/)?"[^"]*"/g) ?? [];
  if (tags.length === 0 || tags.join(",") !== header.replace(/\s*,\s*/g, ",").trim()) {
    throw new AgentError("REQUEST_INVALID", `If-Match must be a quoted tag such as ${current} or *, got ${header}`);
  }
  if (tags.includes(current)) return;
  throw new AgentError("VERSION_CONFLICT", `If-Match names ${header}, but it is ${current} now: read it again`);
}

const shortHash = (text: string): string => createHash("sha256").update(text).digest("base64url").slice(0, 12);
