import { timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { BridgeError } from "../errors.ts";
import type { RestAnswer, RestRequest } from "./router.ts";

/** How the REST entry listens. */
export interface RestEntryOptions {
  readonly host: string;
  readonly port: number;
  /** Certificate and key in PEM; without it plain HTTP, for the loopback. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** What callers must show as bearer token; everybody may call without it. */
  readonly token?: string;
  readonly longestBodyBytes: number;
  /** Never rejects. */
  readonly answer: (request: RestRequest) => Promise<RestAnswer>;
}

/** The REST entry of the router, at KubeEdge's port 9443: `/{node}/{namespace}/{path of a rule}`. */
export interface RestEntry extends AsyncDisposable {
  readonly port: number;
}

/** Headers of one connection (RFC 9110 7.6.1), and those that we say ourselves. */
const ownHeaders = new Set([
  ...["connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding"],
  ...["upgrade", "host", "authorization", "content-length", "expect"],
]);

/** @throws BridgeError `START_FAILED` when the port cannot be had. */
export async function openRestEntry(options: RestEntryOptions): Promise<RestEntry> {
  const { host, port, tls } = options;
  const limits = { headersTimeout: 10_000, requestTimeout: 60_000, maxHeaderSize: 16_384 };
  const handle = (request: IncomingMessage, response: ServerResponse) => void serve(options, request, response);
  const server: Server = tls
    ? createHttpsServer({ ...limits, ...tls, minVersion: "TLSv1.2" }, handle)
    : createHttpServer(limits, handle);
  server.maxConnections = 500;
  server.listen(port, host);
  await once(server, "listening").catch((cause: Error) => {
    const message = `the REST entry of rules cannot listen on ${host}:${port}: ${cause.message}; set router.port`;
    throw new BridgeError("START_FAILED", message, { cause });
  });
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(options: RestEntryOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, headers, body } = await answerTo(options, request).catch(
    (error: unknown): RestAnswer => ({ status: 400, body: `${(error as Error).message}\n` }),
  );
  response.statusCode = status;
  for (const [name, values] of headers ?? []) {
    if (!ownHeaders.has(name.toLowerCase())) setHeader(response, name, values);
  }
  if (typeof body === "string") response.setHeader("Content-Type", "text/plain; charset=utf-8");
  if (status === 413) response.setHeader("Connection", "close");
  response.setHeader("Content-Length", Buffer.byteLength(body));
  response.end(request.method === "HEAD" ? undefined : body);
}

/** A header that HTTP cannot carry is the service's mistake, and costs only itself. */
function setHeader(response: ServerResponse, name: string, values: readonly string[]): void {
  try {
    response.setHeader(name, [...values]);
  } catch {
    // Left out.
  }
}

async function answerTo(options: RestEntryOptions, request: IncomingMessage): Promise<RestAnswer> {
  if (options.token !== undefined && !shows(request, options.token)) {
    return {
      status: 401,
      headers: new Map([["WWW-Authenticate", ["Bearer"]]]),
      body: "show the token of the router\n",
    };
  }
  const { pathname, search } = new URL(request.url ?? "/", "http://router");
  const [, node = "", namespace = "", rest] = /^\/([^/]+)\/([^/]+)(\/.*)$/.exec(pathname) ?? [];
  if (rest === undefined) return { status: 404, body: "expected /{node}/{namespace}/{path of a rule}\n" };
  const body = await bodyOf(request, options.longestBodyBytes);
  if (body === undefined) return { status: 413, body: `the body is longer than ${options.longestBodyBytes} bytes\n` };
  return await options.answer({
    ...{ node: decodeURIComponent(node), namespace: decodeURIComponent(namespace) },
    path: rest.length > 1 ? rest.replace(/\/+$/, "") || "/" : rest,
    search,
    method: request.method ?? "GET",
    headers: headersOf(request, body.length),
    body,
  });
}

function shows({ headers }: IncomingMessage, token: string): boolean {
  const [, shown = ""] = /^Bearer (.*)$/i.exec(headers.authorization ?? "") ?? [];
  const [a, b] = [Buffer.from(shown), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function headersOf({ rawHeaders }: IncomingMessage, bytes: number): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, readonly string[]>(bytes > 0 ? [["Content-Length", [String(bytes)]]] : []);
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = "", value = ""] = [rawHeaders[at], rawHeaders[at + 1]];
    if (!ownHeaders.has(name.toLowerCase())) headers.set(name, [...(headers.get(name) ?? []), value]);
  }
  return headers;
}

/** The body, or undefined when it is too long. */
async function bodyOf(request: IncomingMessage, longestBytes: number): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > longestBytes) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
