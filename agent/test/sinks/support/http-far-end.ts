import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import type { SinkCredential } from "@edgetwin/mapper-sdk/sinks";
import type { ArrivedPoint, SinkPeer } from "@edgetwin/mapper-sdk/testing";
import { WireProxy } from "./wire-proxy.ts";

/** A request as the far end got it. */
export interface Got {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How a service answers; JSON `{}` with 204 where nothing is said. */
export interface HttpService {
  readonly config: (port: number) => Readonly<Record<string, unknown>>;
  readonly credential?: SinkCredential;
  readonly parse: (got: Got) => readonly ArrivedPoint[];
  readonly answer?: (got: Got) => string;
  readonly refusal?: { readonly status: number; readonly body: string };
}

/** A service over HTTP behind a wire that can be cut. */
export interface HttpFarEnd extends SinkPeer {
  readonly requests: readonly Got[];
}

export async function httpFarEnd(service: HttpService): Promise<HttpFarEnd> {
  const requests: Got[] = [];
  const points: ArrivedPoint[] = [];
  const { refusal = { status: 400, body: "bad content" } } = service;
  let refusing = false;
  const server = createServer(async (request, response) => {
    const bytes = await buffer(request);
    const body = (request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes).toString("utf8");
    const got: Got = { path: request.url ?? "", headers: request.headers, body };
    requests.push(got);
    const parsed = service.parse(got);
    if (refusing && parsed.length > 0) {
      refusing = false;
      response.writeHead(refusal.status).end(refusal.body);
      return;
    }
    points.push(...parsed);
    const answer = service.answer?.(got) ?? "";
    response.writeHead(answer === "" ? 204 : 200).end(answer);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy = await WireProxy.open((server.address() as { port: number }).port);
  return {
    requests,
    config: service.config(proxy.port),
    ...(service.credential && { credential: service.credential }),
    arrived: () => points,
    connections: proxy.connections,
    stall: proxy.stall,
    down: proxy.down,
    up: proxy.up,
    refuseNext: () => {
      refusing = true;
    },
    async [Symbol.asyncDispose]() {
      await proxy.down();
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
