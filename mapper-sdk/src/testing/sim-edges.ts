import type { Clock, Timer } from "../clock.ts";
import { type Edge, type EdgeEvent, HalError } from "../hal.ts";
import type { SimLine } from "./sim-line.ts";

/** Which line to watch, how, and until when. */
export interface EdgeSource {
  readonly line: SimLine;
  readonly clock: Clock;
  readonly wanted: { readonly activeLow: boolean; readonly edge: Edge; readonly debounceMs: number };
  /** Aborts when the driver releases the line. */
  readonly claimed: AbortSignal;
  /** Ends the edges quietly. */
  readonly signal?: AbortSignal;
}

/**
 * The edges of a simulated line, debounced the way the kernel does it (GPIO uAPI v2, `GPIO_V2_LINE_ATTR_ID_DEBOUNCE`):
 * an edge is reported, with the time of the report, once the level has been stable for the whole period.
 */
export async function* simEdges({ line, clock, wanted, claimed, signal }: EdgeSource): AsyncIterable<EdgeEvent> {
  const { activeLow, edge, debounceMs } = wanted;
  const queue: EdgeEvent[] = [];
  let wake = () => {};
  let stable = line.high;
  let settling: Timer | undefined;

  const report = () => {
    if (line.high === stable) return;
    stable = line.high;
    const active = stable !== activeLow;
    if (edge !== "both" && (edge === "rising") !== active) return;
    queue.push({ active, monotonicMs: clock.monotonic() });
    wake();
  };
  const onAbort = () => wake();
  const stop = line.onChange(() => {
    settling?.[Symbol.dispose]();
    if (debounceMs > 0) settling = clock.after(debounceMs, report);
    else report();
  });
  signal?.addEventListener("abort", onAbort, { once: true });
  claimed.addEventListener("abort", onAbort, { once: true });
  try {
    while (!signal?.aborted) {
      if (claimed.aborted) throw new HalError("disconnected", `${line.name} has been released; its edges end`);
      const next = queue.shift();
      if (next) yield next;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    stop();
    settling?.[Symbol.dispose]();
    signal?.removeEventListener("abort", onAbort);
    claimed.removeEventListener("abort", onAbort);
  }
}
