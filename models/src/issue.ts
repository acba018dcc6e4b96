import { showValue } from "@edgetwin/mapper-sdk";

/** Something that is wrong with a manifest, or deserves a look. */
export interface Issue {
  /** An error keeps the resource from being used; a warning does not. */
  readonly severity: "error" | "warning";
  /** Name of the file, as the caller gave it. */
  readonly file?: string;
  /** Line in the text, from 1. */
  readonly line?: number;
  /** Kind and name of the resource as far as they are known: `"Device default/lamp"`. */
  readonly resource?: string;
  /** Where in the resource: `"spec.properties[2].type"`; empty for all of it. */
  readonly path: string;
  /** The value found there; undefined when there is none. */
  readonly value?: unknown;
  /** What is wrong and what to write instead, readable after the path. */
  readonly message: string;
}

/** An issue as one line: `light.yaml:12: Device lamp: spec.nodeName: expected text, got 5; quote it: "5"`. */
export function formatIssue({ file, line, resource, path, message }: Issue): string {
  const place =
    file === undefined ? (line === undefined ? "" : `line ${line}`) : [file, line].filter(Boolean).join(":");
  return [place, resource, path, message].filter((part) => part).join(": ");
}

/** A value for a message: short enough for one line, whatever was sent. */
export function showBriefly(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null && !(value instanceof Uint8Array)) return "an object";
  const text = showValue(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
