import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { TLSSocket } from "node:tls";
import type { Log } from "@edgetwin/mapper-sdk";
import type { Authority } from "./authority.ts";
import { type CertificateAnswer, edgeCertificate } from "./edge-certificate.ts";
import { isNodeName } from "./node-name.ts";
import { certificatePem, keyPem } from "./pem.ts";

/** The most that a request may carry; a CSR has some 300 bytes. */
const longestBody = 1024 * 1024;

/** What the certificate service needs. */
export interface CertificateServiceOptions {
  readonly authority: Authority;
  /** Whether there is a Node object of this name. */
  nodeExists(node: string): Promise<boolean>;
  readonly log: Log;
}

/** The HTTPS server of the certificates: KubeEdge's port 10002. The caller lets it listen and closes it. */
export async function certificateServer(options: CertificateServiceOptions): Promise<Server> {
  const { authority } = options;
  const { certificate, key } = await authority.server();
  const server = createServer(
    {
      cert: certificatePem(certificate),
      key: keyPem(key),
      ca: certificatePem(authority.certificate),
      minVersion: "TLSv1.2",
      // Asked for, not required: a renewal shows the certificate, the first request has none.
      requestCert: true,
      rejectUnauthorized: false,
      // Before it joined anybody may connect; nobody may stay.
      headersTimeout: 10_000,
      requestTimeout: 20_000,
    },
    certificateService(options),
  );
  server.maxConnections = 1000;
  return server;
}

/** Answers `GET /ca.crt`, `/edge.crt` and `/node/{name}`. */
export function certificateService({ authority, nodeExists, log }: CertificateServiceOptions): RequestListener {
  const answer = async (request: IncomingMessage): Promise<CertificateAnswer> => {
    const [path = ""] = (request.url ?? "").split("?");
    const isNode = path.startsWith("/node/");
    if (path !== "/ca.crt" && path !== "/edge.crt" && !isNode) return { status: 404, body: "404: Page Not Found" };
    if (request.method !== "GET") return { status: 405, body: "405: Method Not Allowed" };
    if (path === "/ca.crt") return { status: 200, body: authority.certificate };
    if (isNode) {
      const node = path.slice("/node/".length);
      const found = isNodeName(node) && (await nodeExists(node));
      return found ? { status: 200, body: "Node found" } : { status: 404, body: "Node not found" };
    }
    const client = clientOf(request.socket as TLSSocket);
    const answered = await edgeCertificate(authority, {
      authorization: request.headers.authorization,
      nodeName: headerOf(request, "nodename"),
      extKeyUsages: headerOf(request, "extkeyusages"),
      body: await bodyOf(request),
      ...(client && { client }),
    });
    const fields = {
      node: headerOf(request, "nodename"),
      from: request.socket.remoteAddress,
      renewal: Boolean(client),
    };
    if (answered.status === 200) log.info("certificate signed", fields);
    else log.warn("certificate refused", { ...fields, reason: answered.body });
    return answered;
  };
  return (request, response) => {
    answer(request).then(
      (answered) => write(response, answered),
      (error: unknown) => {
        if (request.destroyed && !request.complete) return;
        log.error("certificate request failed", { path: request.url, error });
        write(response, { status: 500, body: "the bridge failed; its log says why" });
      },
    );
  };
}

function write(response: ServerResponse, { status, body }: CertificateAnswer): void {
  const type = typeof body === "string" ? "text/plain; charset=utf-8" : "application/octet-stream";
  response.writeHead(status, {
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(body),
    Connection: "close",
    ...(status === 405 && { Allow: "GET" }),
  });
  response.end(body);
}

/** The certificate that a client showed, if any. */
function clientOf(socket: TLSSocket) {
  const certificate = socket.getPeerCertificate();
  return certificate?.raw ? { certificate, authorized: socket.authorized } : undefined;
}

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    // Read to its end all the same, or the client sees a reset instead of the answer; the request has its time limit.
    if (length <= longestBody) chunks.push(chunk);
  }
  return length <= longestBody ? Buffer.concat(chunks) : undefined;
}
