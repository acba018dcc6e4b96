import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import type { TestAuthority } from "./test-authority.ts";

/** What a test makes the service do wrong. */
export interface ServiceFaults {
  /** Answers everything with this. */
  answer?: { readonly status: number; readonly body: string | Uint8Array };
  /** Takes requests and never answers. */
  silent?: boolean;
  /** For how many days certificates are valid. */
  days?: number;
}

/** CloudCore's certificate service (wire 2.3, 2.4) on a port of loopback. */
export class CertificateService implements AsyncDisposable {
  readonly faults: ServiceFaults = {};
  /** Paths asked for, each with its node and how it proved itself. */
  readonly asked: string[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(authority: TestAuthority, names: Parameters<TestAuthority["server"]>[0] = loopback) {
    const { certificate, key } = await authority.server(names);
    const server = createServer({ cert: certificate, key, requestCert: true, rejectUnauthorized: false });
    const service = new CertificateService(server);
    server.on("request", async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { url = "", headers } = request;
      const shown = (request.socket as TLSSocket).getPeerCertificate(true);
      const chain = shown.raw === undefined ? 0 : shown.issuerCertificate?.raw.equals(shown.raw) === false ? 2 : 1;
      const proof = chain > 0 ? `a chain of ${chain}` : headers.authorization === undefined ? "nothing" : "a token";
      service.asked.push(`${request.method} ${url} ${headers.nodename ?? "nobody"} with ${proof}`);
      const { answer, silent, days } = service.faults;
      const end = (status: number, body: string | Uint8Array) => void response.writeHead(status).end(body);
      if (silent) return;
      if (answer) return end(answer.status, answer.body);
      if (url === "/ca.crt") return end(200, authority.der);
      if (url !== "/edge.crt") return end(404, "404 page not found");
      const [, bearer] = /^Bearer (\S+)$/.exec(headers.authorization ?? "") ?? [];
      if (chain === 0 && bearer === undefined) return end(401, "token validation failure, token is empty");
      const problem = chain > 0 ? undefined : authority.tokenProblem(bearer as string);
      if (problem !== undefined) return end(401, `token validation failure, err: ${problem}`);
      end(200, await authority.sign(Buffer.concat(chunks), days));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return service;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

const loopback = [
  { type: "ip", value: "127.0.0.1" },
  { type: "dns", value: "localhost" },
] as const;
