import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Log } from "@edgetwin/mapper-sdk";
import type { Authority } from "../certificates/authority.ts";
import { certificatePem, keyPem } from "../certificates/pem.ts";
import { BridgeError } from "../errors.ts";
import { answerReview, letPass, readAdmissionReview } from "./admission-review.ts";
import { cachedView, type ViewSources } from "./cached-view.ts";
import { needsReview, type Reviewer } from "./reviewer.ts";

/** Path of the reviews; the manifest of the webhook names it. */
export const webhookPath = "/review";

/** What the API server sends at most is an object before and after. */
const longestBodyBytes = 8 * 2 ** 20;

/** What a webhook is made of. */
export interface WebhookOptions {
  readonly authority: Authority;
  readonly reviewer: Reviewer;
  readonly sources: ViewSources;
  readonly host: string;
  readonly port: number;
  readonly log: Log;
}

/** A webhook that answers. */
export interface Webhook extends AsyncDisposable {
  readonly port: number;
  /** Reviews that were answered, and how many of them refused. */
  readonly reviewed: number;
  readonly refused: number;
}

/**
 * Serves reviews to the API server of a cluster, over TLS with the certificate of the bridge.
 *
 * @throws BridgeError `START_FAILED` when the port cannot be had.
 */
export async function startWebhook({
  authority,
  reviewer,
  sources,
  host,
  port,
  log,
}: WebhookOptions): Promise<Webhook> {
  const counted = { reviewed: 0, refused: 0 };
  const { certificate, key } = await authority.server();
  const answer = async (request: IncomingMessage): Promise<{ status: number; body: unknown }> => {
    if (request.method !== "POST" || request.url?.split("?")[0] !== webhookPath) {
      return { status: 404, body: `there is nothing here; reviews are at POST ${webhookPath}` };
    }
    const read = readAdmissionReview(await bodyOf(request));
    if (typeof read === "string") return { status: 400, body: read };
    const { change, uid } = read;
    try {
      const view = needsReview(change) ? await cachedView(read, change, sources) : undefined;
      const body = view ? answerReview(read, reviewer, view) : letPass(uid);
      counted.reviewed += 1;
      if (body.response.allowed === false) counted.refused += 1;
      return { status: 200, body };
    } catch (error) {
      // What cannot be looked at now is looked at by the edge all the same.
      log.warn("change not reviewed", { kind: read.kind, name: read.name, error });
      return { status: 200, body: letPass(uid, "the bridge could not review this change; its log says why") };
    }
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, body } = await answer(request).catch((error: unknown) => ({
      status: 400,
      body: error instanceof Error ? error.message : String(error),
    }));
    const text = typeof body === "string" ? `${body}\n` : JSON.stringify(body);
    const type = typeof body === "string" ? "text/plain; charset=utf-8" : "application/json";
    response.writeHead(status, { "Content-Type": type, "Content-Length": Buffer.byteLength(text) }).end(text);
  };
  const server = createServer(
    {
      cert: certificatePem(certificate),
      key: keyPem(key),
      minVersion: "TLSv1.2",
      headersTimeout: 10_000,
      requestTimeout: 20_000,
    },
    (request, response) => void handle(request, response),
  );
  server.maxConnections = 200;
  server.listen(port, host);
  await once(server, "listening").catch((cause: Error) => {
    const message = `reviews cannot be served on ${host}:${port}: ${cause.message}; set admission.port`;
    throw new BridgeError("START_FAILED", message, { cause });
  });
  return {
    port: (server.address() as AddressInfo).port,
    get reviewed() {
      return counted.reviewed;
    },
    get refused() {
      return counted.refused;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Rejects with a sentence for the client. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > longestBodyBytes) throw new Error(`the body is longer than ${longestBodyBytes} bytes`);
    pieces.push(piece);
  }
  return JSON.parse(Buffer.concat(pieces).toString("utf8")) as unknown;
}
