import type { IncomingMessage, ServerResponse } from "node:http";
import type { Log } from "@edgetwin/mapper-sdk";
import type { Authenticate } from "../access/authenticate.ts";
import { type Attributes, authorize } from "../access/authorize.ts";
import { reviews } from "../discovery/documents.ts";
import { noSuchPath, statusOf } from "../failures.ts";
import type { Core } from "../write/core.ts";
import { DiscoveryHandler } from "./discovery-handler.ts";
import { type Exchange, sendObject, sendText } from "./exchange.ts";
import { handleResource, verbOf } from "./resource-handler.ts";
import { handleReview } from "./review-handler.ts";
import { type Route, readRoute } from "./route.ts";

/** Takes a request through its steps: who is it, what is it about, may they, do it; and answers every failure. */
export class RequestHandler {
  readonly #core: Core;
  readonly #authenticate: Authenticate;
  readonly #log: Log;
  readonly #discovery: DiscoveryHandler;
  readonly #open = new Set<AbortController>();

  constructor(core: Core, authenticate: Authenticate, log: Log) {
    this.#core = core;
    this.#authenticate = authenticate;
    this.#log = log;
    this.#discovery = new DiscoveryHandler(core.registry);
  }

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    const end = new AbortController();
    this.#open.add(end);
    response.once("close", () => {
      end.abort();
      this.#open.delete(end);
    });
    const url = new URL(request.url ?? "/", "http://localhost");
    const base = { request, response, query: url.searchParams, warnings: [], signal: end.signal };
    this.#answer(base, url.pathname).catch((error: unknown) => this.#fail(base, error));
  };

  /** Ends watches; requests that are being answered are finished. */
  close(): void {
    for (const end of this.#open) end.abort();
  }

  async #answer(base: Omit<Exchange, "user">, path: string): Promise<void> {
    const exchange = { ...base, user: this.#authenticate(base.request) };
    const route = readRoute(path);
    authorize(exchange.user, attributesOf(exchange, route));
    if (route.kind === "other") return this.#discovery.handle(exchange, path);
    const review = reviews.find(({ group, plural }) => group === route.group && plural === route.plural);
    if (review && route.version === "v1" && base.request.method === "POST") return handleReview(exchange, review);
    await handleResource(this.#core, exchange, route);
  }

  #fail(exchange: Omit<Exchange, "user">, error: unknown): void {
    const { response, request } = exchange;
    const status = statusOf(error);
    if (status.reason === "InternalError")
      this.#log.error("request failed", { method: request.method, url: request.url, error });
    // What is wrong cannot be said any more when half of the answer is out.
    if (response.headersSent) response.destroy();
    else if (status.reason === noSuchPath().reason) sendText(exchange, 404, "404 page not found\n");
    else {
      if (!request.complete) response.setHeader("Connection", "close");
      sendObject({ ...exchange, user: { name: "", groups: [] } }, { code: status.code }, status);
    }
  }
}

function attributesOf({ request, query }: Exchange, route: Route): Attributes {
  const { method = "GET" } = request;
  if (route.kind === "other") return { verb: method.toLowerCase(), path: route.path };
  const { group, plural, subresource, namespace, name } = route;
  const verb = verbOf(method, route, query);
  return { verb, group, resource: plural, namespace, name, ...(subresource !== undefined && { subresource }) };
}
