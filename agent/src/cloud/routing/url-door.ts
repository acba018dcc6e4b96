import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Log } from "@edgetwin/mapper-sdk";

/** What a program of this machine gets back, in EdgeCore's form. */
export interface UrlAnswer {
  readonly code: number;
  readonly msg: string;
  readonly body: string;
}

/** What the door is made of. */
export interface UrlDoorParts {
  readonly port: number;
  readonly log: Log;
  /** Never rejects. `request` is the JSON as it was sent. */
  readonly call: (url: string, request: string) => Promise<UrlAnswer>;
}

const longestBody = 1024 * 1024;

/**
 * Takes calls of programs on this machine to URLs of the cloud, as EdgeCore's ServiceBus does on port 9060: POST of
 * `{"method", "targetURL", "payload"}`. Listens on the loopback alone.
 */
export class UrlDoor implements AsyncDisposable {
  readonly #server: Server;
  #isOpen = false;
  readonly #parts: UrlDoorParts;

  constructor(parts: UrlDoorParts) {
    this.#parts = parts;
    const limits = { headersTimeout: 10_000, requestTimeout: 20_000, maxHeaderSize: 8192 };
    this.#server = createServer(limits, (request, response) => void this.#serve(request, response));
    this.#server.maxConnections = 64;
  }

  /** Opens it; what is in the way is told in the log, and costs these calls only. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    const { port, log } = this.#parts;
    this.#server.on("error", (error) => log.error("calls to the cloud are not taken", { port, error }));
    this.#server.listen(port, "127.0.0.1", () => log.info("calls to the cloud are taken", { port }));
  }

  /** The port that it listens on; undefined while it is closed. */
  get port(): number | undefined {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.#answer(request).catch((error: unknown) => bad(`${(error as Error).message}`));
    const text = JSON.stringify(answer);
    response
      .writeHead(answer.code, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) })
      .end(text);
  }

  async #answer(request: IncomingMessage): Promise<UrlAnswer> {
    // A page in a browser of this machine is no program of it.
    if (request.headers.origin !== undefined) return { ...bad("calls from web pages are not taken"), code: 403 };
    if (request.method !== "POST") return { ...bad("expected POST"), code: 405 };
    const text = await bodyOf(request);
    if (text === undefined) return { ...bad(`the body is longer than ${longestBody} bytes`), code: 413 };
    const { targetURL } = JSON.parse(text) as { readonly targetURL?: unknown };
    if (typeof targetURL !== "string") return bad('expected {"method": "POST", "targetURL": "http://…", "payload": …}');
    return await this.#parts.call(targetURL, text);
  }
}

const bad = (msg: string): UrlAnswer => ({ code: 400, msg, body: "" });

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > longestBody) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}
