import { f } from "@edgetwin/mapper-sdk";

/** Where a database listens. */
export type Place = { readonly host: string; readonly port: number } | { readonly path: string };

/** A field for an address as KubeEdge writes it, `host:port`, or the path of a Unix socket. */
export const hostPort = (defaultPort: number) =>
  f.custom(`an address like "10.0.0.5:${defaultPort}" or the path of a Unix socket`, (raw): Place | undefined => {
    if (typeof raw !== "string") return undefined;
    if (raw.startsWith("/")) return { path: raw };
    const match = /^(?:\[([0-9a-fA-F:]+)\]|([\w.-]+))(?::(\d{1,5}))?$/.exec(raw);
    const host = match?.[1] ?? match?.[2];
    const port = Number(match?.[3] ?? defaultPort);
    return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
  });

/** `10.0.0.5:6379`, for people. */
export function showPlace(place: Place): string {
  if ("path" in place) return place.path;
  return place.host.includes(":") ? `[${place.host}]:${place.port}` : `${place.host}:${place.port}`;
}
