import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { text } from "node:stream/consumers";
import { type Clock, linkSignals } from "@edgetwin/mapper-sdk";
import { BridgeError } from "../errors.ts";
import type { Access, Credentials } from "./credentials.ts";
import { answerFailure } from "./failure.ts";

/** One request to the API. */
export interface ApiRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** `application/json` unless told. */
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
}

/** How long the API may take for an answer, except for a watch. */
const longestMs = 30_000;

/** Sends requests to a Kubernetes API. Rejects with `UNREACHABLE`, or `KUBERNETES` when the answer is a failure. */
export class Transport {
  readonly #credentials: Credentials;
  readonly #clock: Clock;

  constructor(credentials: Credentials, clock: Clock) {
    this.#credentials = credentials;
    this.#clock = clock;
  }

  /** The object of an answer. */
  async json(request: ApiRequest): Promise<unknown> {
    const body = await this.#limited(request, longestMs, text);
    try {
      return JSON.parse(body);
    } catch (cause) {
      const message = `${request.method} ${request.path}: the answer is no JSON: ${body.slice(0, 100)}`;
      throw new BridgeError("KUBERNETES", message, { cause });
    }
  }

  /** The body of an answer as it comes, for at most `limitMs`; then, or when the connection is cut, rejects with `UNREACHABLE`. */
  async *stream(request: ApiRequest, limitMs: number): AsyncGenerator<Buffer, void, undefined> {
    using limit = this.#limit(request, limitMs);
    try {
      const response = await this.#send(request, limit.signal);
      yield* response as AsyncIterable<Buffer>;
    } catch (error) {
      throw this.#failure(error, request);
    }
  }

  async #limited<T>(request: ApiRequest, limitMs: number, use: (response: IncomingMessage) => Promise<T>): Promise<T> {
    using limit = this.#limit(request, limitMs);
    try {
      return await use(await this.#send(request, limit.signal));
    } catch (error) {
      throw this.#failure(error, request);
    }
  }

  #limit({ method, path, signal }: ApiRequest, limitMs: number): { readonly signal: AbortSignal } & Disposable {
    const late = new AbortController();
    const timer = this.#clock.after(limitMs, () =>
      late.abort(new BridgeError("UNREACHABLE", `${method} ${path}: no end after ${limitMs / 1000} s`)),
    );
    const linked = linkSignals(signal, late.signal);
    return {
      signal: linked.signal,
      [Symbol.dispose]() {
        timer[Symbol.dispose]();
        linked[Symbol.dispose]();
      },
    };
  }

  /** The reason of the caller's signal passes unchanged; everything else becomes a BridgeError. */
  #failure(error: unknown, { method, path, signal }: ApiRequest): unknown {
    if (signal?.aborted) return signal.reason;
    if (error instanceof BridgeError) return error;
    const cause = error instanceof Error && error.name === "AbortError" && error.cause ? error.cause : error;
    if (cause instanceof BridgeError) return cause;
    const message = `${method} ${path}: ${cause instanceof Error ? cause.message : String(cause)}`;
    return new BridgeError("UNREACHABLE", message, { cause });
  }

  async #send(request: ApiRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const access = await this.#credentials.current();
    const response = await open(access, request, signal);
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) return response;
    if (status === 401) this.#credentials.forget();
    throw answerFailure(status, await text(response), request);
  }
}

function open(access: Access, request: ApiRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const { method, path, query = {}, body, contentType = "application/json" } = request;
  const url = new URL(access.server.pathname.replace(/\/$/, "") + path, access.server);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const headers = {
    accept: "application/json",
    "user-agent": "edgetwin-bridge",
    ...access.headers,
    ...(content && { "content-type": contentType, "content-length": String(content.length) }),
  };
  const { agent, auth } = access;
  const send = url.protocol === "http:" ? requestHttp : requestHttps;
  return new Promise((resolve, reject) => {
    const sent = send(url, { method, headers, agent, signal, ...(auth !== undefined && { auth }) }, resolve);
    sent.on("error", reject);
    sent.end(content);
  });
}
