import { setImmediate } from "node:timers/promises";
import type { Clock } from "@edgetwin/mapper-sdk";
import type { ApiObject, Fields } from "../api-object.ts";
import { expired, statusOf } from "../failures.ts";
import { list } from "../read/list.ts";
import { apiVersionOf } from "../resources/served-resource.ts";
import { eventOf, type Watched } from "./events.ts";
import type { WatchOptions } from "./watch-options.ts";

/** How many changes are read at once. What nobody took yet stays in the database, however slow the client is. */
const changesAtOnce = 200;
/** How often a client learns how far it is while nothing happens to it. */
const bookmarkEveryMs = 60_000;

/** What a watch does to the outside. */
export interface WatchSink {
  /** Sends events; resolves when the client can take more. */
  send(events: readonly SentEvent[]): Promise<void>;
}

/** An event on its way to a client. */
export type SentEvent =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: ApiObject }
  | { readonly type: "BOOKMARK"; readonly object: Fields }
  | { readonly type: "ERROR"; readonly object: Fields };

/** What a watch needs besides what it watches. */
export interface WatchRun {
  readonly clock: Clock;
  readonly sink: WatchSink;
  /** Ends the watch: the client is gone, or the server goes. */
  readonly signal: AbortSignal;
}

/** Tells everything that happens to the watched objects until its time is over or `signal` aborts. */
export async function watch(watched: Watched, options: WatchOptions, run: WatchRun): Promise<void> {
  const { storage } = watched;
  using wakeUp = createWakeUp(run, (listener) => storage.subscribe(listener), options.timeoutMs);
  try {
    let at = options.since ?? (await sendAll(watched, options, run));
    let marked = at;
    while (!run.signal.aborted) {
      const heard = wakeUp.next();
      if (at < storage.oldest) throw expired(`too old resource version: ${at} (${storage.oldest})`);
      const { changes, through } = storage.changes(watched.resource.storedAs, at, changesAtOnce);
      const events = changes.flatMap((change) => eventOf(watched, change) ?? []);
      if (events.length > 0) {
        await run.sink.send(events);
        marked = through;
      }
      at = Math.max(at, through);
      if (wakeUp.mark() && options.bookmarks && at > marked) {
        await run.sink.send([bookmark(watched, at)]);
        marked = at;
      }
      if (wakeUp.isOver()) return;
      // Clients that are far behind must not keep others from being served.
      if (changes.length === changesAtOnce) await setImmediate();
      else await heard;
    }
  } catch (error) {
    await run.sink.send([{ type: "ERROR", object: statusOf(error) }]);
  }
}

/** Everything there is, as if it had just come. Returns of which version that was. */
async function sendAll(watched: Watched, { marksInitial }: WatchOptions, { sink, signal }: WatchRun): Promise<number> {
  const at = watched.storage.version;
  for await (const items of list({ ...watched, options: { limit: Number.POSITIVE_INFINITY, at } })) {
    if (signal.aborted) return at;
    await sink.send(items.map(({ object }) => ({ type: "ADDED" as const, object: object() })));
  }
  if (marksInitial) await sink.send([bookmark(watched, at, { annotations: { "k8s.io/initial-events-end": "true" } })]);
  return at;
}

const bookmark = ({ resource }: Watched, version: number, metadata: Fields = {}): SentEvent => ({
  type: "BOOKMARK",
  object: {
    kind: resource.kind,
    apiVersion: apiVersionOf(resource),
    metadata: { ...metadata, resourceVersion: `${version}`, creationTimestamp: null },
  },
});

/** Wakes a watch when something was written, when a bookmark is due, and when it is over. */
function createWakeUp({ clock, signal }: WatchRun, subscribe: (listener: () => void) => () => void, timeoutMs: number) {
  let wake = () => {};
  let markDue = false;
  let over = false;
  const ring = () => wake();
  const unsubscribe = subscribe(ring);
  signal.addEventListener("abort", ring, { once: true });
  const startBookmarks = () =>
    clock.after(bookmarkEveryMs, () => {
      markDue = true;
      timer = startBookmarks();
      ring();
    });
  let timer = startBookmarks();
  const end = clock.after(timeoutMs, () => {
    over = true;
    ring();
  });
  return {
    /** Resolves at the next reason to look. */
    next: () => {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      if (over || signal.aborted) ring();
      return woken;
    },
    /** Whether a bookmark is due; asked once for each. */
    mark: () => {
      const due = markDue || over;
      markDue = false;
      return due;
    },
    isOver: () => over,
    [Symbol.dispose]: () => {
      unsubscribe();
      signal.removeEventListener("abort", ring);
      timer[Symbol.dispose]();
      end[Symbol.dispose]();
    },
  };
}
