import type { StateReport, TwinReport } from "@edgetwin/cloud-protocol";

/**
 * How much older a value may be than a stored one and still count as late. Beyond that the edge's clock was set back, as
 * happens to a Pi without a battery-backed clock; its values are news then.
 */
const latestMs = 10 * 60_000;

/** Most properties of a device that are remembered. */
const mostProperties = 1024;

/** Refuses values that come after newer ones of the same property: EdgeCore sends in any order, and again after minutes. */
export class ReportOrder {
  /** Newest time of each property, by device; `""` stands for the state. */
  readonly #newest = new Map<string, Map<string, number>>();
  #keepalive = Number.NEGATIVE_INFINITY;

  /** A keepalive tells the edge's time. Returns whether it went back, so that what is remembered is of another clock. */
  wentBack(timestamp: number): boolean {
    const wentBack = timestamp < this.#keepalive;
    this.#keepalive = timestamp;
    return wentBack;
  }

  /** Forgets every time. */
  clear(): void {
    this.#newest.clear();
  }

  /** The report without its late values, or undefined when nothing is left of one that had some. */
  news(device: string, report: TwinReport): TwinReport | undefined {
    const times = this.#newest.get(device);
    if (!times) return report;
    const fresh = [...report.twin].filter(([property, { actual }]) =>
      isNews(times.get(property), actual?.timestamp ?? report.timestamp),
    );
    if (fresh.length === report.twin.size) return report;
    return fresh.length > 0 ? { ...report, twin: new Map(fresh) } : undefined;
  }

  isStateNews(device: string, { timestamp }: StateReport): boolean {
    return isNews(this.#newest.get(device)?.get(""), timestamp);
  }

  /** Remembers what controllers have taken. */
  taken(device: string, report: TwinReport | StateReport): void {
    const times = this.#newest.get(device) ?? new Map<string, number>();
    this.#newest.set(device, times);
    const entries: Iterable<readonly [string, number]> =
      "twin" in report
        ? [...report.twin].map(([name, { actual }]) => [name, actual?.timestamp ?? report.timestamp] as const)
        : [["", report.timestamp]];
    for (const [name, time] of entries) if (times.has(name) || times.size < mostProperties) times.set(name, time);
  }

  /** Forgets a device that left the node. */
  forget(device: string): void {
    this.#newest.delete(device);
  }
}

const isNews = (newest: number | undefined, time: number): boolean =>
  newest === undefined || time >= newest || newest - time > latestMs;
