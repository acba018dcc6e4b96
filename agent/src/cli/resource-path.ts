import type { Invocation } from "./command.ts";
import { usageError } from "./usage-error.ts";

/** A name as people give it: `lamp`, with `--namespace`, or `hall/lamp`. */
export interface ResourceName {
  readonly namespace: string;
  readonly name: string;
}

/** @throws AgentError `REQUEST_INVALID` when it is neither `NAME` nor `NAMESPACE/NAME`. */
export function resourceName(text: string, { options, command }: Invocation): ResourceName {
  const parts = text.split("/");
  const [first = "", second] = parts;
  if (parts.length > 2 || parts.includes("")) {
    throw usageError(`"${text}" is neither NAME nor NAMESPACE/NAME`, `edgetwin help ${command.name}`);
  }
  return second === undefined
    ? { namespace: options.get("namespace") ?? "default", name: first }
    : { namespace: first, name: second };
}

/** Path of a resource in the REST API, e.g. `/api/v1/devices/default/lamp`. */
export const resourcePath = (kind: "devices" | "models", { namespace, name }: ResourceName): string =>
  `/api/v1/${kind}/${encodeURIComponent(namespace)}/${encodeURIComponent(name)}`;
