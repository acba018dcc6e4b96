import type { MetricFamily } from "@edgetwin/program";
import { Histogram } from "@edgetwin/program";
import type { Applied, TwinEngine } from "../twin/engine.ts";
import type { Door } from "../twin/types.ts";

/** Seconds. A GPIO write takes milliseconds, a sleeping Zigbee device minutes. */
const settleBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Counts what passes the engine; on the hot path, so it only adds. */
export class TwinMeter implements Disposable {
  readonly #events = new Map<Door, number>();
  readonly #settle = new Histogram(
    {
      name: "edgetwin_desired_settle_seconds",
      help: "Time from a desired value being accepted to its being verified on the device.",
    },
    settleBounds,
  );
  readonly #stop: () => void;
  #refused = 0;

  constructor(engine: TwinEngine) {
    this.#stop = engine.onApplied((applied) => this.#count(applied));
  }

  /** A change was refused. The engine tells nobody but the caller. */
  countRefusal(): void {
    this.#refused += 1;
  }

  families(): readonly MetricFamily[] {
    return [
      {
        name: "edgetwin_twin_changes_total",
        type: "counter",
        help: "Changes of twins that were accepted, by the door they came through.",
        samples: [...this.#events].map(([door, value]) => ({ labels: { door }, value })),
      },
      {
        name: "edgetwin_refused_changes_total",
        type: "counter",
        help: "Changes sent over REST or the command that were refused.",
        samples: [{ value: this.#refused }],
      },
      this.#settle.family(),
    ];
  }

  [Symbol.dispose](): void {
    this.#stop();
  }

  #count({ event, outcome }: Applied): void {
    if (event.kind === "change") {
      const { door } = event.origin;
      this.#events.set(door, (this.#events.get(door) ?? 0) + 1);
    } else if (event.kind === "progress" && event.phase === "verified") {
      for (const { before, after } of outcome.changes) {
        const desired = after?.desired;
        if (!desired || after?.progress?.phase !== "verified" || before?.progress?.phase === "verified") continue;
        this.#settle.observe(Math.max(0, after.progress.at - desired.at) / 1000);
      }
    }
  }
}
