import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { type Envelope, parseEnvelope } from "@edgetwin/cloud-protocol";
import { type WebSocket, WebSocketServer } from "ws";
import type { TestAuthority } from "./test-authority.ts";

/** What a test makes CloudCore do otherwise. */
export interface CloudCoreFaults {
  /** Reads and keeps quiet, as CloudHub does with a session that it refused. */
  zombie?: boolean;
  /** Confirms no report. */
  unconfirmed?: boolean;
  /** Announces itself as Edgetwin's bridge. */
  bridge?: boolean;
  /** Answers handshakes with status 403 and this. */
  refusal?: string;
}

type Frame = Readonly<Record<string, unknown>>;

/**
 * The cloud's end of a session, scripted by the test: real TLS, real WebSockets, CloudCore's answers to what every agent
 * asks (wire 4.2, 5.3.3). It remembers what came up, in order.
 */
export class CloudCore implements AsyncDisposable {
  readonly faults: CloudCoreFaults = {};
  /** Everything that came up but keepalives. */
  readonly up: Envelope[] = [];
  /** Headers of each handshake. */
  readonly handshakes: IncomingMessage["headers"][] = [];
  /** Whether the Node and the Lease exist. */
  readonly objects = new Map<string, Record<string, unknown>>();
  keepalives = 0;
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #listeners = new Set<() => void>();
  #version = 100;
  #refuses = false;

  private constructor(server: Server) {
    this.#server = server;
    this.#sockets = new WebSocketServer({
      server,
      perMessageDeflate: false,
      verifyClient: (_, decide) => decide(!this.faults.refusal, 403, this.faults.refusal),
    });
    this.#sockets.on("headers", (headers) => {
      if (this.faults.bridge) headers.push("edgetwin-bridge: 0.1.0");
    });
    this.#sockets.on("connection", (socket, request) => {
      this.handshakes.push(request.headers);
      socket.on("message", (data) => this.#take(socket, parseEnvelope(String(data))));
      socket.on("close", () => this.#tell());
      this.#tell();
    });
  }

  static async start(authority: TestAuthority): Promise<CloudCore> {
    const { certificate, key } = await authority.server([{ type: "ip", value: "127.0.0.1" }]);
    const ca = authority.pem;
    const server = createServer({ cert: certificate, key, ca, requestCert: true, rejectUnauthorized: true });
    const cloud = new CloudCore(server);
    server.on("connection", (socket) => {
      if (cloud.#refuses) socket.destroy();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return cloud;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get sessions(): number {
    return this.#sockets.clients.size;
  }

  /** Sends a frame as it was recorded. */
  send(frame: Frame): void {
    for (const socket of this.#sockets.clients) socket.send(`${JSON.stringify(frame)}\n`);
  }

  /** Sends an object and resolves when it was acknowledged, with the acknowledgement. */
  async push(operation: string, resource: string, object: Frame, source = "devicecontroller"): Promise<Envelope> {
    const id = `message ${++this.#version}`;
    const { resourceVersion } = (object.metadata ?? {}) as { resourceVersion?: string };
    this.send({
      header: { msg_id: id, timestamp: 1, ...(resourceVersion && { resourceversion: resourceVersion }) },
      route: { source, group: "resource", operation, resource },
      content: object,
    });
    return await this.received(({ header }) => header.parentId === id);
  }

  /** The first message that came up and fits, now or later. */
  async received(fits: (envelope: Envelope) => boolean, from = 0): Promise<Envelope> {
    let found: Envelope | undefined;
    await this.until(() => {
      found = this.up.slice(from).find(fits);
      return found !== undefined;
    });
    return found as Envelope;
  }

  /** Resolves when `holds` is true; looked at whenever something happened. */
  async until(holds: () => boolean): Promise<void> {
    if (holds()) return;
    await new Promise<void>((resolve) => {
      const listener = () => {
        if (!holds()) return;
        this.#listeners.delete(listener);
        resolve();
      };
      this.#listeners.add(listener);
    });
  }

  /** Reads and answers nothing any more, as if the cable were cut. */
  freeze(): void {
    for (const socket of this.#sockets.clients) socket.pause();
  }

  /** Confirms one report, by the id of its message. */
  confirm(id: string): void {
    this.send({
      header: { msg_id: `confirmation ${++this.#version}`, parent_msg_id: id, timestamp: 1 },
      route: { source: "devicecontroller", group: "twin", operation: "response", resource: "twin" },
      content: "OK",
    });
  }

  /** Closes new connections at once, as a proxy does whose cloud is away. */
  refuseConnections(refused: boolean): void {
    this.#refuses = refused;
  }

  /** Ends every connection as CloudCore does: without a closing handshake. */
  drop(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  /** Twin reports of a device, newest last: the values by property. */
  reports(device: string): Readonly<Record<string, string | undefined>>[] {
    const resource = `device/${device}/twin/edge_updated`;
    return this.up
      .filter(({ route }) => route.resource === resource)
      .map(({ content }) => {
        const { twin } = content as { twin: Record<string, { actual?: { value: string } }> };
        return Object.fromEntries(Object.entries(twin).map(([name, { actual }]) => [name, actual?.value]));
      });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.drop();
    this.#sockets.close();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #take(socket: WebSocket, envelope: Envelope): void {
    const { operation, source, resource } = envelope.route;
    if (operation === "keepalive") this.keepalives++;
    else this.up.push(envelope);
    if (!this.faults.zombie) {
      if (source === "twin" && !this.faults.unconfirmed) {
        this.#answer(socket, envelope, { source: "devicecontroller", group: "twin", resource: "twin" }, "OK");
      }
      if (envelope.route.group === "meta") {
        this.#answer(
          socket,
          envelope,
          { source: "edgecontroller", group: "resource", resource },
          this.#object(envelope),
        );
      }
    }
    this.#tell();
  }

  #object({ route: { operation, resource }, content }: Envelope): unknown {
    const path = resource.replace("/nodepatch/", "/node/");
    const held = this.objects.get(path);
    const failure = (reason: string, code: number) => ({
      ErrStatus: { metadata: {}, message: `${path}: ${reason}`, reason, code },
    });
    if (operation === "query") return held ?? failure("NotFound", 404);
    if (operation === "insert" && held) return { Object: {}, Err: failure("AlreadyExists", 409) };
    if (operation !== "insert" && !held) return { Object: {}, Err: failure("NotFound", 404) };
    const given = operation === "patch" ? { ...held, ...JSON.parse(String(content)) } : (content as Frame);
    const stored = { ...given, metadata: { ...given.metadata, resourceVersion: String(++this.#version) } };
    this.objects.set(path, stored);
    return { Object: stored, Err: null };
  }

  #answer(socket: WebSocket, { header }: Envelope, route: Frame, content: unknown): void {
    const answer = { header: { msg_id: `answer ${++this.#version}`, parent_msg_id: header.id, timestamp: 1 } };
    socket.send(JSON.stringify({ ...answer, route: { ...route, operation: "response" }, content }));
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
