import {
  type ServiceReply,
  type TopicMessage,
  topicPublish,
  topicRule,
  type UrlCall,
  urlRule,
} from "@edgetwin/cloud-protocol";
import type { Clock, Log } from "@edgetwin/mapper-sdk";
import type { Hub } from "../hub/hub.ts";
import { post } from "./post.ts";
import type { Route } from "./route.ts";
import type { RuleStatus } from "./rule-status.ts";
import type { RouteChange, RuleTable } from "./rule-table.ts";
import { type NoReply, ServiceCalls } from "./service-calls.ts";

/** What a router is made of. */
export interface RouterOptions {
  readonly table: RuleTable;
  readonly status: RuleStatus;
  readonly hub: () => Pick<Hub, "send" | "connectedNodes"> | undefined;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** A request of the REST entry. */
export interface RestRequest {
  readonly node: string;
  readonly namespace: string;
  /** Decoded nowhere, as it was sent. */
  readonly path: string;
  /** With the question mark; empty without one. */
  readonly search: string;
  readonly method: string;
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Uint8Array;
}

/** What the REST entry answers. */
export interface RestAnswer {
  readonly status: number;
  readonly headers?: ReadonlyMap<string, readonly string[]>;
  readonly body: string | Uint8Array;
}

/** Messages that one node may have on their way to URLs. */
const mostPosts = 16;
const attempts = 3;

/** Carries messages between the REST entry, URLs of the cloud, topics and services of the edges, as rules say. */
export class Router implements Disposable {
  readonly #options: RouterOptions;
  readonly #calls: ServiceCalls;
  readonly #posts = new Map<string, number>();
  readonly #stop = new AbortController();
  readonly #unsubscribe: () => void;

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#calls = new ServiceCalls(options.hub, options.clock);
    for (const route of options.table.all()) this.#tell(route, true);
    this.#unsubscribe = options.table.subscribe((change) => this.#changed(change));
  }

  /** Tells a node what its rules want of it. */
  connected(node: string): void {
    const { table } = this.#options;
    for (const route of [...table.topicsOf(node), ...table.urlsOf(node)]) this.#tell(route, true);
  }

  disconnected(node: string): void {
    this.#calls.disconnected(node);
  }

  reply(node: string, reply: ServiceReply): void {
    this.#calls.reply(node, reply);
  }

  /** Carries a request of the REST entry. Never rejects. */
  async request(request: RestRequest): Promise<RestAnswer> {
    const { table, hub } = this.#options;
    const { node, namespace, path } = request;
    const found = table.forPath(namespace, path);
    if (!found) return refused(404, `no rule of namespace ${namespace} has a path that ${path} begins with`);
    const { route, rest } = found;
    if (!hub()?.connectedNodes().includes(node)) return this.#failed(route, 503, `node ${node} is not connected`);
    if (route.kind === "rest to service") return await this.#callService(route, rest, request);
    const topic = topicOf(route.topic, rest);
    if (topic === undefined) return refused(400, `the topic ${route.topic}${rest} would have a + or # in it`);
    const payload = Buffer.from(request.body).toString("utf8");
    if (!hub()?.send(node, topicPublish, { topic, payload }))
      return this.#failed(route, 503, `node ${node} is not connected`);
    this.#options.status.delivered(route.rule);
    return { status: 200, body: "message delivered" };
  }

  /** A message of an edge's bus, for every rule of this node that wants it. */
  upload(node: string, { topic, payload }: TopicMessage): void {
    const { table, hub } = this.#options;
    const routes = table.forTopic(node, topic);
    for (const { rule, url } of routes) void this.#post(node, rule, { url, body: payload }).catch(() => {});
    // The rule went while the node was away.
    if (routes.length === 0) hub()?.send(node, topicRule, { operation: "unsubscribe", topic });
  }

  /** A call from an edge to a URL; undefined when no rule of the node allows it. */
  call(node: string, { url, request }: UrlCall): Promise<string> | undefined {
    const route = this.#options.table.urlsOf(node).find(({ targetUrl }) => targetUrl === url);
    if (!route) return undefined;
    // As with CloudCore, the target gets the request of the edge in base64.
    return this.#post(node, route.rule, { url: route.url, body: Buffer.from(request, "utf8").toString("base64") });
  }

  [Symbol.dispose](): void {
    this.#unsubscribe();
    this.#stop.abort(new Error("the bridge stops"));
    this.#calls[Symbol.dispose]();
  }

  async #post(
    node: string,
    rule: string,
    { url, body }: { readonly url: string; readonly body: string },
  ): Promise<string> {
    const { status, clock, timeoutMs } = this.#options;
    const open = this.#posts.get(node) ?? 0;
    if (open >= mostPosts) {
      status.failed(rule, `node ${node} sends more than the target takes: ${open} messages are on their way`);
      throw new Error(`${open} messages of ${node} are on their way`);
    }
    this.#posts.set(node, open + 1);
    try {
      const text = await post(url, body, { clock, timeoutMs, attempts, signal: this.#stop.signal });
      status.delivered(rule);
      return text;
    } catch (error) {
      if (!this.#stop.signal.aborted) status.failed(rule, (error as Error).message);
      throw error;
    } finally {
      const left = (this.#posts.get(node) ?? 1) - 1;
      if (left > 0) this.#posts.set(node, left);
      else this.#posts.delete(node);
    }
  }

  async #callService(
    route: Extract<Route, { kind: "rest to service" }>,
    rest: string,
    { node, search, method, headers, body }: RestRequest,
  ): Promise<RestAnswer> {
    const path = `${route.servicePath === "/" && rest !== "" ? "" : route.servicePath}${rest}${search}`;
    const call = { method, port: route.port, path, headers, body };
    const reply = await this.#calls.call(node, call, this.#options.timeoutMs);
    if (typeof reply === "string") return this.#failed(route, ...failures[reply](node));
    if (reply.status < 100 || reply.status > 599)
      return this.#failed(route, 502, `node ${node} answered status ${reply.status}`);
    // What the service answers is its own business: a 404 of it is a message that arrived.
    this.#options.status.delivered(route.rule);
    return { status: reply.status, headers: reply.headers, body: reply.body };
  }

  #failed({ rule }: Route, status: number, why: string): RestAnswer {
    this.#options.status.failed(rule, why);
    return refused(status, why);
  }

  #changed({ rule, before, now, problem, problemBefore }: RouteChange): void {
    const { log, status, table } = this.#options;
    if (problemBefore !== undefined && problemBefore !== problem) status.mended(rule, problemBefore);
    if (problem !== undefined) {
      log.warn("rule leads nowhere", { rule, problem });
      status.broken(rule, problem);
    } else if (!now) status.gone(rule);
    const isStillWanted = before && table.all().some((route) => wish(route) === wish(before));
    if (before && !isStillWanted) this.#tell(before, false);
    if (now) this.#tell(now, true);
  }

  /** Has the node of a route begin or stop to send what comes from it. */
  #tell(route: Route, isWanted: boolean): void {
    const hub = this.#options.hub();
    if (route.kind === "topic to rest") {
      const operation = isWanted ? "subscribe" : "unsubscribe";
      hub?.send(route.node, topicRule, { operation, topic: `${route.namespace}/${route.topic}` });
    } else if (route.kind === "service to rest") {
      hub?.send(route.node, urlRule, { operation: isWanted ? "start" : "stop", url: route.targetUrl });
    }
  }
}

/** What a route wants of its node; two rules may want the same. */
function wish(route: Route): string {
  if (route.kind === "topic to rest") return `${route.node} ${route.namespace}/${route.topic}`;
  return route.kind === "service to rest" ? `${route.node} ${route.targetUrl}` : route.rule;
}

const refused = (status: number, why: string): RestAnswer => ({ status, body: `${why}\n` });

const failures: Readonly<Record<NoReply, (node: string) => readonly [status: number, why: string]>> = {
  "not connected": (node) => [503, `node ${node} is not connected`],
  "too many": (node) => [429, `node ${node} has too many calls open`],
  "no answer": (node) => [504, `node ${node} did not answer in time`],
  disconnected: (node) => [502, `the connection of node ${node} ended before it answered`],
};

/** The topic with the rest of the path behind it; undefined when that would make a filter of it. */
function topicOf(topic: string, rest: string): string | undefined {
  try {
    const whole = `${topic}${decodeURIComponent(rest)}`;
    return /[+#\0]/.test(whole) ? undefined : whole;
  } catch {
    return undefined;
  }
}
