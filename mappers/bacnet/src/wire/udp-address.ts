/** The UDP port of BACnet/IP, 0xBAC0 (ASHRAE 135 Annex J.1.2). */
export const bacnetPort = 47_808;

/** An IPv4 address with its port as text, e.g. `"192.168.1.20:47808"`: the key of a peer. */
export type UdpAddress = string;

/** The parts of an address as people write it, `"192.168.1.20"` or with a port; undefined when it is none. */
export function parseUdpAddress(
  text: string,
  defaultPort = bacnetPort,
): { readonly host: string; readonly port: number } | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?::(\d{1,5}))?$/.exec(text.trim());
  if (!match) return undefined;
  const bytes = match.slice(1, 5).map(Number);
  const port = match[5] === undefined ? defaultPort : Number(match[5]);
  if (bytes.some((byte) => byte > 255) || port > 65_535) return undefined;
  return { host: bytes.join("."), port };
}

/** The same with the port written out; undefined when it is no address. */
export function udpAddress(text: string, defaultPort = bacnetPort): UdpAddress | undefined {
  const parts = parseUdpAddress(text, defaultPort);
  return parts && `${parts.host}:${parts.port}`;
}
