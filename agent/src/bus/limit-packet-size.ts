import type { Readable } from "node:stream";
import { PacketSizeGuard } from "./packet-size-guard.ts";

/**
 * Destroys `socket` when it is about to deliver an MQTT packet of more than `limit` bytes. aedes pulls with `read()`:
 * looking at each chunk on its way costs next to nothing, a stream in between would cost a copy.
 */
export function limitPacketSize(socket: Readable, limit: number): void {
  const guard = new PacketSizeGuard(limit);
  const read = socket.read.bind(socket);
  socket.read = (size?: number) => {
    const chunk: unknown = read(size);
    const excess = chunk instanceof Uint8Array ? guard.excess(chunk) : undefined;
    if (excess === undefined) return chunk;
    socket.destroy(new Error(`a packet of ${excess} bytes exceeds the limit of ${limit}`));
    return null;
  };
}
