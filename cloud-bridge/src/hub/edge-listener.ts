import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import { bridgeHeader } from "@edgetwin/cloud-protocol";
import { type WebSocket, WebSocketServer } from "ws";
import type { Authority } from "../certificates/authority.ts";
import { certificatePem, keyPem } from "../certificates/pem.ts";
import { BridgeError } from "../errors.ts";
import type { Admission, Arrival, ArrivingCertificate } from "./admission.ts";

/** What a listener needs. */
export interface EdgeListenerOptions {
  readonly authority: Authority;
  readonly host: string;
  readonly port: number;
  readonly longestFrameBytes: number;
  admit(arrival: Arrival): Admission;
  /** A connection that was let in. */
  connected(socket: WebSocket, node: string, certificate: ArrivingCertificate): void;
  refused(reason: string, from: string | undefined): void;
}

/** The TLS listener of the edges: KubeEdge's port 10000. */
export interface EdgeListener {
  readonly port: number;
  /** Takes the certificate that the authority has now, for connections to come. */
  renew(): Promise<void>;
  /** Takes no more connections. */
  stop(): void;
}

/** Opens the listener. Rejects with `BridgeError` `START_FAILED` when the port cannot be had. */
export async function openEdgeListener(options: EdgeListenerOptions): Promise<EdgeListener> {
  const { authority, host, port, longestFrameBytes } = options;
  const credential = async () => {
    const { certificate, key } = await authority.server();
    return { cert: certificatePem(certificate), key: keyPem(key), ca: certificatePem(authority.certificate) };
  };
  let current = await credential();
  const server: Server = createServer(
    {
      ...current,
      minVersion: "TLSv1.2",
      requestCert: true,
      rejectUnauthorized: true,
      handshakeTimeout: 30_000,
      headersTimeout: 10_000,
    },
    (_, response) => {
      response.writeHead(426, { "Content-Type": "text/plain", Upgrade: "websocket" });
      response.end("edges connect with a WebSocket");
    },
  );
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: longestFrameBytes,
    perMessageDeflate: false,
    clientTracking: false,
  });
  // Says who answers: our agent need not work around CloudCore's defects then.
  webSockets.on("headers", (headers) => headers.push(`${bridgeHeader}: 1`));
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const certificate = certificateOf(request.socket as TLSSocket);
    const admission = certificate
      ? options.admit({ headers: request.headers, certificate })
      : { status: 401, reason: "no certificate" };
    if (!certificate || "status" in admission) {
      const { status, reason } = admission as Extract<Admission, { status: number }>;
      options.refused(reason, request.socket.remoteAddress);
      return turnAway(socket, status, reason);
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) =>
      options.connected(webSocket, admission.node, certificate),
    );
  });
  // A scanner without a certificate, a peer that went away: TLS refuses them, and there is nobody to tell.
  server.on("tlsClientError", (_, socket) => socket.destroy());
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (cause) {
    const fix = "stop what listens there, or choose another port";
    throw new BridgeError("START_FAILED", `port ${port} of ${host} for the edges cannot be had: ${fix}`, { cause });
  }
  return {
    port: (server.address() as AddressInfo).port,
    renew: async () => {
      const renewed = await credential();
      if (renewed.cert !== current.cert) server.setSecureContext(renewed);
      current = renewed;
    },
    stop: () => void server.close(),
  };
}

function turnAway(socket: Duplex, status: number, reason: string): void {
  socket.on("error", () => socket.destroy());
  const text = `${reason}\n`;
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}

function certificateOf(socket: TLSSocket): ArrivingCertificate | undefined {
  const shown = socket.getPeerCertificate();
  if (!shown?.raw) return undefined;
  const { subject, valid_from: from, valid_to: until, fingerprint256: fingerprint } = shown;
  // A subject with a field several times gives a list, and is nobody.
  const one = (field: string | string[] | undefined) => (typeof field === "string" ? field : "");
  return {
    commonName: one(subject?.CN),
    organization: one(subject?.O),
    from: Date.parse(from),
    until: Date.parse(until),
    fingerprint,
  };
}
