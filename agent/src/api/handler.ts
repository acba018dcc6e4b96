import type { IncomingMessage, ServerResponse } from "node:http";
import { didYouMean } from "@edgetwin/mapper-sdk";
import type { Core } from "../core.ts";
import { AgentError } from "../errors.ts";
import type { ApiState } from "./api-state.ts";
import { readText } from "./body.ts";
import type { Guard } from "./guard.ts";
import { originOf } from "./origin.ts";
import { isExpected, problemReply } from "./problem.ts";
import { send } from "./reply.ts";
import type { RequestMeter } from "./request-meter.ts";
import type { Call, Route } from "./route.ts";
import type { Router } from "./router.ts";

/** What answering a request needs. */
export interface HandlerParts {
  readonly core: Core;
  readonly state: ApiState;
  readonly router: Router;
  readonly requests: RequestMeter;
  /** Undefined on the Unix socket, which is protected by its file mode. */
  readonly guard: Guard | undefined;
}

/** The listener for `node:http`: one request in, one answer out, whatever happens. */
export function createHandler(parts: HandlerParts): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => void answer(parts, request, response);
}

async function answer(parts: HandlerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { core, requests } = parts;
  const method = request.method ?? "GET";
  const [path, search] = split(request.url ?? "/");
  let route: Route | undefined;
  try {
    parts.guard?.checkSite(request.headers);
    // An unknown path is no secret, so what a stranger learns from 404 against 401 is in the documentation anyway.
    const match = parts.router.match(method, path);
    route = match.route;
    if (!route.open) parts.guard?.checkAccess(request.headers, route.method === "GET");
    const query = checkedQuery(route, search);
    using call = callOf(parts, request, response, { params: match.params, query });
    send(response, await route.handle(call), method);
  } catch (error) {
    if (!isExpected(error) && !response.destroyed) core.log.error("request failed", { method, path, error });
    const reply = problemReply(error, path);
    // What is left of a body that was not read would be taken for the next request.
    if (!request.complete) response.shouldKeepAlive = false;
    send(response, reply, method);
  } finally {
    requests.count(method, route?.path ?? "none", response.statusCode);
    core.log.debug("request", { method, path, status: response.statusCode });
  }
}

function split(url: string): readonly [path: string, search: string] {
  const mark = url.indexOf("?");
  return mark === -1 ? [url, ""] : [url.slice(0, mark), url.slice(mark + 1)];
}

function checkedQuery({ query = [], path }: Route, search: string): URLSearchParams {
  const parameters = new URLSearchParams(search);
  for (const name of parameters.keys()) {
    if (query.includes(name)) continue;
    const known = query.length === 0 ? `; ${path} has none` : `; known: ${query.join(", ")}`;
    throw new AgentError("REQUEST_INVALID", `unknown query parameter "${name}"${didYouMean(name, query) || known}`);
  }
  return parameters;
}

function callOf(
  { core, state, guard }: HandlerParts,
  request: IncomingMessage,
  response: ServerResponse,
  { params, query }: Pick<Call, "params" | "query">,
): Call & Disposable {
  const gone = new AbortController();
  const onClose = () => gone.abort(new AgentError("REQUEST_INVALID", "the client went away"));
  response.once("close", onClose);
  return {
    core,
    state,
    params,
    query,
    origin: originOf(request),
    guard,
    signal: gone.signal,
    header(name) {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(", ") : value;
    },
    async text() {
      const type = (request.headers["content-type"] ?? "").split(";", 1)[0] as string;
      return { text: await readText(request, state.limits.bodyBytes), type: type.trim().toLowerCase() };
    },
    [Symbol.dispose]: () => response.off("close", onClose),
  };
}
