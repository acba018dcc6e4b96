import { attempt, mapperErrorOf } from "./attempt.ts";
import { linkSignals } from "./linked-signal.ts";
import type { Awaitable } from "./mapper.ts";

/** What {@link pushedValues} stands between: a driver's pushes and whoever watches. */
export interface Pushes {
  readonly pushed: AsyncIterable<unknown>;
  /** Throws when the driver pushed nonsense. */
  readonly accept: (value: unknown) => unknown;
  /** Aborted as soon as nobody watches any more; the driver got its signal. */
  readonly stop: AbortController;
  /** Watching ends quietly when one of these aborts. */
  readonly until: readonly (AbortSignal | undefined)[];
  /** Gets what the driver's cleanup failed with; the watcher has left by then. */
  readonly onLateFailure: (error: unknown) => void;
}

/**
 * What a device pushes, checked like what it is asked for. An Error in place of a value becomes one of ours. Ends quietly when its caller aborts or the device closes,
 * rejects with our codes otherwise. Not an async generator on purpose: `return()` of a generator waits for a pending
 * `next()`, so a driver that never pushes again could hold its watcher for ever.
 */
export function pushedValues({ pushed, accept, stop, until, onLateFailure }: Pushes): AsyncIterableIterator<unknown> {
  const values = pushed[Symbol.asyncIterator]();
  const done = { done: true, value: undefined } as const;
  // Linked with the first next(), so that an iterable nobody iterates leaves no listener behind.
  let link: ReturnType<typeof linkSignals> | undefined;
  let pending = 0;
  let ended = false;

  const leave = () => {
    ended = true;
    stop.abort(link?.signal.reason);
    link?.[Symbol.dispose]();
  };
  const cleanUp = async () => {
    try {
      await values.return?.();
    } catch (error) {
      onLateFailure(error);
    }
  };

  return {
    async next() {
      if (ended) return done;
      link ??= linkedTo(stop, until);
      pending++;
      try {
        const next = await attempt(() => values.next() as Awaitable<IteratorResult<unknown>>, stop.signal);
        if (!next.done) {
          const { value } = next;
          return { done: false, value: value instanceof Error ? mapperErrorOf(value) : accept(value) };
        }
        leave();
        return done;
      } catch (error) {
        const quiet = stop.signal.aborted;
        if (!ended) {
          leave();
          void cleanUp();
        }
        if (quiet) return done;
        throw error;
      } finally {
        pending--;
      }
    },
    async return() {
      if (ended) return done;
      const idle = pending === 0;
      leave();
      const cleaned = cleanUp();
      using left = linkSignals(...until);
      // A driver stuck in next() cannot clean up before that settles, if ever; one that is idle gets the time it needs.
      if (idle) await attempt(() => cleaned, left.signal).catch(() => undefined);
      return done;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function linkedTo(stop: AbortController, until: Pushes["until"]): ReturnType<typeof linkSignals> {
  const link = linkSignals(...until);
  if (link.signal.aborted) stop.abort(link.signal.reason);
  else link.signal.addEventListener("abort", () => stop.abort(link.signal.reason), { once: true });
  return link;
}
