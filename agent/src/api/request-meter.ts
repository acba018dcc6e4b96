import type { MetricFamily } from "@edgetwin/program";

/** Counts answered requests by route, so that the number of series has a limit whatever paths clients ask for. */
export class RequestMeter {
  readonly #counts = new Map<string, number>();

  /** @param route the path of the route with its braces, or `none` when no route fitted. */
  count(method: string, route: string, status: number): void {
    const key = [method, route, status].join(" ");
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  family(): MetricFamily {
    const samples = [...this.#counts].map(([key, value]) => {
      const [method = "", route = "", status = ""] = key.split(" ");
      return { labels: { method, route, status }, value };
    });
    return {
      name: "edgetwin_http_requests_total",
      type: "counter",
      help: "REST requests answered, by method, route and status.",
      samples,
    };
  }
}
