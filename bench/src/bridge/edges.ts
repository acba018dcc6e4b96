import { connect as connectTls, type TLSSocket } from "node:tls";
import {
  acknowledgement,
  formatEnvelope,
  keepalive,
  type Message,
  parseEnvelope,
  sessionHeaders,
  sessionPath,
  wantsAcknowledgement,
} from "@edgetwin/cloud-protocol";
import { WebSocket } from "ws";

/** Where the edges of a bench connect. */
export interface EdgesOptions {
  readonly port: number;
  readonly tls: { readonly cert: string; readonly key: string; readonly ca: string };
  /** An object arrived, with the text of its frame. */
  arrived(text: string): void;
}

const keepaliveMs = 15_000;
let messages = 0;

/** Many edges that acknowledge everything, keep their sessions, and come back when they are told to. */
export class Edges {
  readonly #options: EdgesOptions;
  readonly #sockets = new Set<WebSocket>();
  #isOver = false;

  constructor(options: EdgesOptions) {
    this.#options = options;
  }

  /** Connects so many edges, some at a time. */
  async connect(count: number): Promise<void> {
    let next = 0;
    const worker = async () => {
      while (next < count) await this.#connectOne(next++);
    };
    await Promise.all(Array.from({ length: 32 }, worker));
  }

  close(): void {
    this.#isOver = true;
    for (const socket of this.#sockets) socket.terminate();
  }

  #connectOne(index: number): Promise<void> {
    const { port, tls, arrived } = this.#options;
    const node = `edge-${index}`;
    const socket = new WebSocket(`wss://127.0.0.1:${port}${sessionPath(node)}`, {
      headers: sessionHeaders(node),
      createConnection: (): TLSSocket => connectTls({ host: "127.0.0.1", port, ...tls }),
    });
    this.#sockets.add(socket);
    const say = <T>(message: Message<T>, value: T) => {
      messages += 1;
      socket.send(formatEnvelope(message.write(value, { id: `${messages}`, timestamp: Date.now() })));
    };
    let timer: NodeJS.Timeout | undefined;
    socket.on("message", (data) => {
      const text = String(data);
      const envelope = parseEnvelope(text);
      if (!wantsAcknowledgement(envelope)) return;
      say(acknowledgement, { parentId: envelope.header.id, resource: envelope.route.resource });
      arrived(text);
    });
    socket.on("close", (_, reason) => {
      clearInterval(timer);
      this.#sockets.delete(socket);
      if (this.#isOver) return;
      const [, seconds = "1"] = /come back in (\d+) s/.exec(String(reason)) ?? [];
      setTimeout(() => void this.#connectOne(index), Number(seconds) * 1000 * (0.5 + Math.random() / 2));
    });
    return new Promise((resolve) => {
      socket.on("error", () => resolve());
      socket.on("open", () => {
        say(keepalive, {});
        timer = setInterval(() => say(keepalive, {}), keepaliveMs);
        resolve();
      });
    });
  }
}
