import { once } from "node:events";
import {
  acknowledgement,
  type Envelope,
  formatEnvelope,
  keepalive,
  type Message,
  parseEnvelope,
  sessionHeaders,
  sessionPath,
  wantsAcknowledgement,
} from "@edgetwin/cloud-protocol";
import { WebSocket } from "ws";
import type { NodeCredential } from "../../src/certificates/testing/node-credential.ts";

/** An edge with a socket of its own, of which a test says what it answers. */
export interface EdgePeer extends Disposable {
  readonly socket: WebSocket;
  /** Every frame that came and was not taken by `next`. */
  readonly frames: readonly Envelope[];
  say<T>(message: Message<T>, value: T, id?: string): void;
  /** Acknowledges a frame. */
  store(frame: Envelope): void;
  /** The next frame that `matches`, with those before it thrown away. */
  next(matches: (frame: Envelope) => boolean): Promise<Envelope>;
  /** The next version of an object: `device/lamp`. */
  object(path: string): Promise<Envelope>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

export interface EdgePeerOptions {
  readonly node: string;
  readonly port: number;
  readonly credential: NodeCredential;
  /** Acknowledges what wants to be, as an edge without troubles does. */
  readonly acknowledges?: boolean;
}

let messages = 0;

/** Connects as a node and begins with a keepalive, as EdgeCore does. */
export async function connectEdge({ node, port, credential, acknowledges = true }: EdgePeerOptions): Promise<EdgePeer> {
  const socket = new WebSocket(`wss://127.0.0.1:${port}${sessionPath(node)}`, {
    headers: sessionHeaders(node),
    ...credential,
  });
  const frames: Envelope[] = [];
  let arrived = () => {};
  const say: EdgePeer["say"] = (message, value, id = `${node}-${messages++}`) =>
    socket.send(formatEnvelope(message.write(value, { id, timestamp: Date.now() })));
  const store = ({ header, route }: Envelope) =>
    say(acknowledgement, { parentId: header.id, resource: route.resource });
  socket.on("message", (data) => {
    const frame = parseEnvelope(String(data));
    frames.push(frame);
    if (acknowledges && wantsAcknowledgement(frame)) store(frame);
    arrived();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on("close", (code, reason) => resolve({ code, reason: String(reason) })),
  );
  socket.on("error", () => {});
  const next: EdgePeer["next"] = async (matches) => {
    for (;;) {
      const at = frames.findIndex(matches);
      const found = at < 0 ? undefined : frames.splice(0, at + 1).at(-1);
      if (found) return found;
      await new Promise<void>((resolve) => (arrived = resolve));
    }
  };
  await once(socket, "open");
  say(keepalive, {});
  return {
    ...{ socket, frames, say, store, next, closed },
    object: (path) =>
      next(
        ({ route }) => ["insert", "update", "delete"].includes(route.operation) && route.resource.endsWith(`/${path}`),
      ),
    [Symbol.dispose]: () => socket.terminate(),
  };
}
