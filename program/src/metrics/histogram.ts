import type { MetricFamily } from "./metric-text.ts";

/** Counts of observations up to each bound, as Prometheus wants them. */
export class Histogram {
  readonly #family: Pick<MetricFamily, "name" | "help">;
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;
  #count = 0;

  /** @param bounds upper bounds, rising. */
  constructor(family: Pick<MetricFamily, "name" | "help">, bounds: readonly number[]) {
    this.#family = family;
    this.#bounds = bounds;
    this.#counts = bounds.map(() => 0);
  }

  observe(value: number): void {
    this.#sum += value;
    this.#count += 1;
    this.#bounds.forEach((bound, index) => {
      if (value <= bound) this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    });
  }

  family(): MetricFamily {
    const buckets = this.#bounds.map((bound, index) => ({
      suffix: "_bucket",
      labels: { le: String(bound) },
      value: this.#counts[index] ?? 0,
    }));
    const all = { suffix: "_bucket", labels: { le: "+Inf" }, value: this.#count };
    const totals = [
      { suffix: "_sum", value: this.#sum },
      { suffix: "_count", value: this.#count },
    ];
    return { ...this.#family, type: "histogram", samples: [...buckets, all, ...totals] };
  }
}
