import type { IncomingMessage, RequestOptions } from "node:http";
import { hostname, userInfo } from "node:os";
import { parseJsonText } from "@edgetwin/models";
import { actorHeader, commandUserAgent } from "../api/origin.ts";
import { AgentError, type AgentErrorCode, agentErrors } from "../errors.ts";
import { readEvents, type ServerEvent } from "./event-stream.ts";

/** Which agent to talk to. */
export type AgentAddress =
  /** `tried`: where else a socket was looked for, when there is none anywhere. */
  | { readonly socket: string; readonly tried?: readonly string[] }
  | { readonly server: URL; readonly token: string | undefined };

export interface ClientRequest {
  readonly method?: string;
  /** Sent as JSON, unless `type` says that it is text of another type. */
  readonly body?: unknown;
  readonly type?: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Statuses beside 2xx whose body is an answer and no problem. */
  readonly accept?: readonly number[];
  readonly signal?: AbortSignal;
}

/** The REST API as the command uses it. Every failure is an AgentError. */
export class AgentClient {
  readonly #address: AgentAddress;
  readonly #version: string;

  constructor(address: AgentAddress, version: string) {
    this.#address = address;
    this.#version = version;
  }

  /** The JSON that the agent answers. Rejects with the agent's own error code, or `AGENT_UNREACHABLE`. */
  async request<T>(path: string, request: ClientRequest = {}): Promise<T> {
    const response = await this.#send(path, request);
    const text = await readAll(response);
    const status = response.statusCode ?? 0;
    const isAnswer = (status >= 200 && status < 300) || request.accept?.includes(status);
    if (isAnswer && text === "") return undefined as T;
    if (isAnswer && /^application\/json\b/.test(response.headers["content-type"] ?? ""))
      return parseJsonText(text) as T;
    throw errorOf(status, text);
  }

  /** Server-sent events until the agent or `signal` ends them. Rejects like `request` when it does not begin. */
  async events(
    path: string,
    signal: AbortSignal,
    request: Pick<ClientRequest, "method" | "body"> = {},
  ): Promise<AsyncIterable<ServerEvent>> {
    const response = await this.#send(path, { ...request, signal });
    const status = response.statusCode ?? 0;
    if (status !== 200) throw errorOf(status, await readAll(response));
    return readEvents(response, signal);
  }

  async #send(path: string, { method = "GET", body, type, query, signal }: ClientRequest): Promise<IncomingMessage> {
    const search = query && Object.keys(query).length > 0 ? `?${new URLSearchParams(query)}` : "";
    const text = body === undefined ? undefined : type === undefined ? JSON.stringify(body) : String(body);
    const address = this.#address;
    const secure = "server" in address && address.server.protocol === "https:";
    const { request } = secure ? await import("node:https") : await import("node:http");
    const options: RequestOptions = {
      ...target(address, path + search),
      method,
      agent: false,
      ...(signal && { signal }),
      headers: {
        "User-Agent": `${commandUserAgent}/${this.#version}`,
        [actorHeader]: actor(),
        ...("server" in address && address.token !== undefined && { Authorization: `Bearer ${address.token}` }),
        ...(text !== undefined && {
          "Content-Type": type ?? "application/json",
          "Content-Length": Buffer.byteLength(text),
        }),
      },
    };
    return await new Promise((resolve, reject) => {
      const sent = request(options);
      sent.once("response", resolve);
      sent.once("error", (cause) => reject(signal?.aborted ? signal.reason : unreachable(address, cause)));
      sent.end(text);
    });
  }
}

function target(address: AgentAddress, path: string): RequestOptions {
  if ("socket" in address) return { socketPath: address.socket, path };
  const { hostname: host, port, pathname } = address.server;
  const named = host.replace(/^\[|\]$/g, "");
  return { host: named, ...(port !== "" && { port }), path: pathname.replace(/\/$/, "") + path };
}

/** Who to name in the cause log. */
function actor(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}@${hostname()}`; // the user has no entry in passwd, as in containers
  }
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch (cause) {
    throw new AgentError("AGENT_UNREACHABLE", "the agent closed the connection before it had answered", { cause });
  }
  return Buffer.concat(chunks).toString();
}

function errorOf(status: number, text: string): AgentError {
  const problem = tryParse(text);
  const code = problem?.code;
  if (problem && typeof code === "string" && Object.hasOwn(agentErrors, code)) {
    const details = Array.isArray(problem.details) ? problem.details : undefined;
    return new AgentError(code as AgentErrorCode, String(problem.detail ?? code), { ...(details && { details }) });
  }
  const message = `what answers there is no edgetwin agent (status ${status}); check --server or --socket`;
  return new AgentError("AGENT_UNREACHABLE", message);
}

function tryParse(text: string): { code?: unknown; detail?: unknown; details?: unknown } | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined; // not JSON, so not from an agent
  }
}

function unreachable(address: AgentAddress, cause: Error & { code?: string }): AgentError {
  const where = "socket" in address ? address.socket : address.server.origin;
  const start = 'start one with "npm start" in a checkout or "sudo systemctl start edgetwin" on a Pi';
  const places = "socket" in address && address.tried ? address.tried.join(" nor at ") : where;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: `no agent is running: there is no socket at ${places}; ${start}, or name its socket with --socket`,
    ECONNREFUSED: `no agent answers on ${where}; ${start}`,
    EACCES: `this user may not use ${where}; add it to the group "edgetwin" or use sudo`,
  };
  const message = reasons[cause.code ?? ""] ?? `cannot talk to the agent on ${where}: ${cause.message}`;
  return new AgentError("AGENT_UNREACHABLE", message, { cause });
}
