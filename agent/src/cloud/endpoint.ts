import { isIPv6 } from "node:net";
import { AgentError } from "../errors.ts";

/** A host and a port of the cloud. */
export interface Endpoint {
  /** Name or address; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * Reads `HOST:PORT`, `HOST`, `[::1]:PORT` or a plain IPv6 address.
 *
 * @param option how the user named it, for the message.
 * @throws AgentError `REQUEST_INVALID`.
 */
export function parseEndpoint(text: string, defaultPort: number, option: string): Endpoint {
  if (isIPv6(text)) return { host: text, port: defaultPort };
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? defaultPort : Number(match[3]);
  if (host === undefined || port < 1 || port > 65_535 || (match?.[1] !== undefined && !isIPv6(host))) {
    const message = `${option}: expected HOST:PORT without a scheme, like "cloud.example:${defaultPort}", got "${text}"`;
    throw new AgentError("REQUEST_INVALID", message);
  }
  return { host, port };
}

export const formatEndpoint = ({ host, port }: Endpoint): string => `${isIPv6(host) ? `[${host}]` : host}:${port}`;
