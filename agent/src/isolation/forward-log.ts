import type { Clock, Log, LogFields } from "@edgetwin/mapper-sdk";
import { TokenBucket } from "../token-bucket.ts";

/** Lines a mapper may write in one go, and a second from then on. */
const burst = 200;
const perSecond = 50;
/** How often it is said that lines were dropped. */
const tellMs = 10_000;

const levels = ["debug", "info", "warn", "error"] as const;

/** Passes on what a mapper process writes: its log lines as they are, anything else as text. */
export class LogForwarder {
  readonly #mapper: string;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #bucket: TokenBucket;
  #dropped = 0;
  #toldAt = -Infinity;

  constructor(mapper: string, { log, clock }: { readonly log: Log; readonly clock: Clock }) {
    this.#mapper = mapper;
    this.#log = log;
    this.#clock = clock;
    this.#bucket = new TokenBucket({ burst, perSecond, clock });
  }

  /** Takes one line; `stdout` is what the author of the mapper printed, not a log. */
  take(line: string, stream: "stdout" | "stderr"): void {
    if (!this.#bucket.take()) {
      this.#dropped++;
      return;
    }
    this.#tellDropped();
    const entry = stream === "stderr" ? parseEntry(line) : undefined;
    const mapper = this.#mapper;
    if (entry) this.#log[entry.level](entry.event, { mapper, ...entry.fields });
    else this.#log[stream === "stderr" ? "warn" : "info"]("mapper output", { mapper, line });
  }

  #tellDropped(): void {
    const now = this.#clock.monotonic();
    if (this.#dropped === 0 || now - this.#toldAt < tellMs) return;
    this.#toldAt = now;
    this.#log.warn("mapper writes too much; lines were dropped", { mapper: this.#mapper, dropped: this.#dropped });
    this.#dropped = 0;
  }
}

interface Entry {
  readonly level: (typeof levels)[number];
  readonly event: string;
  readonly fields: LogFields;
}

/** A line of our own log in its JSON format; undefined for anything else. */
function parseEntry(line: string): Entry | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const { level, event, time: _, mapper: __, ...fields } = JSON.parse(line) as Record<string, unknown>;
    const known = levels.find((candidate) => candidate === level);
    return known && typeof event === "string" ? { level: known, event, fields } : undefined;
  } catch {
    return undefined; // text that happens to begin with a brace
  }
}
