import { didYouMean } from "@edgetwin/mapper-sdk";
import { AgentError } from "../errors.ts";
import { ReplyError } from "./problem.ts";
import type { Route } from "./route.ts";

/** A route that fits a request, with the parameters of its path. */
export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

interface Pattern {
  readonly segments: readonly string[];
  readonly byMethod: ReadonlyMap<string, Route>;
}

/**
 * Finds the route for a method and a path in a table of some twenty. Plain `node:http` with this table costs 8 MB less
 * resident memory than a framework with fetch-style requests (measured: 54 against 62 MB after 50 requests), a tenth
 * of what the whole agent may use.
 */
export class Router {
  readonly #patterns: readonly Pattern[];

  constructor(routes: readonly Route[]) {
    this.#patterns = [...groupByPath(routes)].map(([path, group]) => ({
      segments: path.split("/"),
      byMethod: new Map(group.map((route) => [route.method, route])),
    }));
  }

  /** @throws AgentError `NOT_FOUND`, `METHOD_NOT_ALLOWED` (with `Allow`), `REQUEST_INVALID` for a malformed path. */
  match(method: string, path: string): Match {
    const segments = path.split("/");
    const found = this.#patterns.find((pattern) => fits(pattern, segments));
    if (!found) throw new AgentError("NOT_FOUND", `there is no ${path} here${this.#hint(segments)}`);
    const route = found.byMethod.get(method === "HEAD" ? "GET" : method);
    if (!route) {
      const allow = [...found.byMethod.keys()].join(", ");
      throw new ReplyError("METHOD_NOT_ALLOWED", `${path} knows ${allow}, not ${method}`, { Allow: allow });
    }
    return { route, params: paramsOf(found, segments) };
  }

  #hint(segments: readonly string[]): string {
    const known = new Set(this.#patterns.flatMap((pattern) => pattern.segments.filter((part) => !isParameter(part))));
    const odd = segments.find((segment) => segment !== "" && !known.has(segment));
    return (odd && didYouMean(odd, [...known])) || "; /openapi.json lists every path";
  }
}

function groupByPath(routes: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  const byPath = new Map<string, Route[]>();
  for (const route of routes) {
    const group = byPath.get(route.path);
    if (group) group.push(route);
    else byPath.set(route.path, [route]);
  }
  return byPath;
}

const isParameter = (segment: string): boolean => segment.startsWith("{");

const fits = ({ segments }: Pattern, given: readonly string[]): boolean =>
  segments.length === given.length &&
  segments.every((segment, index) => (isParameter(segment) ? given[index] !== "" : segment === given[index]));

function paramsOf({ segments }: Pattern, given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    segments.flatMap((segment, index) =>
      isParameter(segment) ? [[segment.slice(1, -1), decodeSegment(given[index] as string)]] : [],
    ),
  );
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new AgentError("REQUEST_INVALID", `"${segment}" is not valid percent-encoding`, { cause });
  }
}
