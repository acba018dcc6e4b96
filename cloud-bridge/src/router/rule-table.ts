import type { StoredObject } from "../kubernetes/client.ts";
import { keyOf } from "../kubernetes/object-cache.ts";
import type { ObjectSource } from "../kubernetes/object-source.ts";
import { type Endpoints, type Route, readRule } from "./route.ts";
import { matchesFilter } from "./topic-filter.ts";

type OfKind<K extends Route["kind"]> = Extract<Route, { readonly kind: K }>;
export type RestRoute = OfKind<"rest to topic" | "rest to service">;
export type TopicRoute = OfKind<"topic to rest">;
export type UrlRoute = OfKind<"service to rest">;

/** What became of a rule: where it leads now and before, or why it leads nowhere. */
export interface RouteChange {
  readonly rule: string;
  readonly before?: Route;
  readonly now?: Route;
  readonly problem?: string;
  /** Why it led nowhere before. */
  readonly problemBefore?: string;
}

/** The routes of all rules, found by where messages come from. Follows rules and endpoints as they change. */
export class RuleTable implements Disposable {
  readonly #endpoints: ObjectSource<never>;
  readonly #routes = new Map<string, Route>();
  /** Why rules lead nowhere. */
  readonly #problems = new Map<string, string>();
  readonly #listeners = new Set<(change: RouteChange) => void>();
  readonly #stops: readonly (() => void)[];

  constructor(rules: ObjectSource<never>, endpoints: ObjectSource<never>) {
    this.#endpoints = endpoints;
    for (const rule of rules.cache.values()) this.#read(keyOf(rule.metadata), rule);
    this.#stops = [
      rules.subscribe(({ key, now }) => this.#read(key, now)),
      // A few rules name an endpoint; finding them is cheaper than keeping who names whom.
      endpoints.subscribe(({ key }) => {
        const [namespace] = key.split("/");
        for (const rule of rules.cache.values()) {
          if (rule.metadata.namespace === namespace) this.#read(keyOf(rule.metadata), rule);
        }
      }),
    ];
  }

  /** Tells each route that comes, changes or goes. Returns how to stop. */
  subscribe(listener: (change: RouteChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  all(): readonly Route[] {
    return [...this.#routes.values()];
  }

  get hasRest(): boolean {
    return this.all().some((route) => "path" in route);
  }

  /** The rule for a path of the REST entry, the longest that fits, and what of the path comes after it. */
  forPath(namespace: string, path: string): { readonly route: RestRoute; readonly rest: string } | undefined {
    const fitting = this.all().filter(
      (route): route is RestRoute =>
        "path" in route &&
        route.namespace === namespace &&
        (path === route.path || path.startsWith(slashed(route.path))),
    );
    const [route] = fitting.sort((a, b) => b.path.length - a.path.length || (a.rule < b.rule ? -1 : 1));
    return route && { route, rest: path.slice(route.path === "/" ? 0 : route.path.length) };
  }

  /** The rules of a node for a message, whose topic begins with the namespace of the rule. */
  forTopic(node: string, resource: string): readonly TopicRoute[] {
    return this.topicsOf(node).filter(({ namespace, topic }) => matchesFilter(`${namespace}/${topic}`, resource));
  }

  topicsOf(node: string): readonly TopicRoute[] {
    return this.all().filter((route): route is TopicRoute => route.kind === "topic to rest" && route.node === node);
  }

  urlsOf(node: string): readonly UrlRoute[] {
    return this.all().filter((route): route is UrlRoute => route.kind === "service to rest" && route.node === node);
  }

  /** Listens to the caches no more. */
  [Symbol.dispose](): void {
    for (const stop of this.#stops) stop();
  }

  #read(key: string, rule: StoredObject | undefined): void {
    const before = this.#routes.get(key);
    const read = rule && readRule(rule, this.#found);
    const now = read && "route" in read ? read.route : undefined;
    if (now) this.#routes.set(key, now);
    else this.#routes.delete(key);
    // A change of its own status is none of its route.
    if (now && JSON.stringify(now) === JSON.stringify(before)) return;
    const causes = read && "causes" in read ? read.causes : [];
    const problem = causes.map(({ field, message }) => `${field}: ${message}`).join("; ");
    const problemBefore = this.#problems.get(key) ?? "";
    if (!before && !now && problem === problemBefore) return;
    if (problem === "") this.#problems.delete(key);
    else this.#problems.set(key, problem);
    const change: RouteChange = {
      rule: key,
      ...(before && { before }),
      ...(now && { now }),
      ...(problem !== "" && { problem }),
      ...(problemBefore !== "" && { problemBefore }),
    };
    for (const listener of this.#listeners) listener(change);
  }

  readonly #found: Endpoints = {
    endpoint: (namespace, name) => this.#endpoints.cache.get(`${namespace}/${name}`),
    endpointNames: (namespace) =>
      [...this.#endpoints.cache.values()].flatMap(({ metadata }) =>
        metadata.namespace === namespace ? [metadata.name] : [],
      ),
  };
}

const slashed = (path: string): string => (path.endsWith("/") ? path : `${path}/`);
