import type { Board, Clock } from "@edgetwin/mapper-sdk";
import { openKernel } from "../hci/open-kernel.ts";
import { openSerial } from "../hci/open-serial.ts";
import { openSocket } from "../hci/open-socket.ts";
import type { HciTransport } from "../hci/transport.ts";

/** Where an adapter is. */
export type Endpoint =
  | { readonly kind: "kernel"; readonly index: number }
  | { readonly kind: "serial"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** The endpoint that people write as `hci0`, `/dev/ttyACM0`, `tcp://host:port` or `unix:/path`; undefined for others. */
export function endpointOf(text: string): Endpoint | undefined {
  const kernel = /^hci(\d{1,3})$/.exec(text);
  if (kernel) return { kind: "kernel", index: Number(kernel[1]) };
  if (text.startsWith("/dev/")) return { kind: "serial", path: text };
  if (text.startsWith("unix:/")) return { kind: "unix", path: text.slice("unix:".length) };
  const tcp = /^tcp:\/\/(\[[0-9a-f:]+\]|[^/:[\]]+):(\d{1,5})$/i.exec(text);
  if (!tcp) return undefined;
  const port = Number(tcp[2]);
  const host = (tcp[1] as string).replace(/^\[|\]$/g, "");
  return port > 0 && port <= 0xffff ? { kind: "tcp", host, port } : undefined;
}

/** Opens what leads to the adapter. Rejects with HalError as the place does. */
export function openEndpoint(
  endpoint: Endpoint,
  {
    board,
    clock,
    baudRate,
    consumer,
  }: { readonly board: Board; readonly clock: Clock; readonly baudRate: number; readonly consumer: string },
): Promise<HciTransport> {
  switch (endpoint.kind) {
    case "kernel":
      return openKernel(endpoint.index);
    case "serial":
      return openSerial(board, endpoint.path, { baudRate, consumer });
    case "tcp":
      return openSocket({ host: endpoint.host, port: endpoint.port }, clock);
    case "unix":
      return openSocket({ path: endpoint.path }, clock);
  }
}
