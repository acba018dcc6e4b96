import type { Device } from "./json.ts";
import { afterEvent, idOf, noTwins, type Twins, withoutOthers } from "./twins.ts";

/** How the watch stands: `away` while the agent does not answer. */
export type Link = "connecting" | "live" | "away";

/** What the page shows. */
export interface Shown {
  readonly twins: Twins;
  readonly link: Link;
}

const events = ["resync", "synced", "device", "deleted", "twin", "health"] as const;
/** Between two tries, as long as the agent restarts or the network is away. */
const retryMs = 2_000;

/**
 * Watches all devices until the returned function is called. The browser reconnects a broken stream by itself, but not one that
 * the agent refused or that ended with its restart.
 */
export function watch(onChange: (shown: Shown) => void): () => void {
  let twins = noTwins;
  let named = new Set<string>();
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let frame = 0;
  let link: Link = "connecting";
  // A thousand devices that come at once are one drawing.
  const show = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => onChange({ twins, link }));
  };
  const take = (event: string) => (message: MessageEvent<string>) => {
    const data: unknown = JSON.parse(message.data);
    if (event === "resync") named = new Set();
    if (event === "device") named.add(idOf(data as Device));
    if (event === "synced") {
      twins = withoutOthers(twins, named);
      link = "live";
    }
    twins = afterEvent(twins, event, data);
    show();
  };
  const open = () => {
    source = new EventSource("/api/v1/watch");
    for (const event of events) source.addEventListener(event, take(event));
    source.addEventListener("error", () => {
      link = "away";
      show();
      if (source?.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(open, retryMs);
    });
  };
  open();
  return () => {
    source?.close();
    clearTimeout(timer);
    cancelAnimationFrame(frame);
  };
}
