import { useEffect, useState } from "preact/hooks";
import { AgentFailure, ask } from "./agent.ts";

/** The newest answer, or why there is none. */
export interface Polled<T> {
  readonly answer?: T;
  readonly problem?: string;
}

/** What `path` answers, asked again every `everyMs` while the page is seen; nothing without a path. */
export function usePolled<T>(path: string | undefined, everyMs = 3_000): Polled<T> {
  const [polled, setPolled] = useState<Polled<T>>({});
  useEffect(() => {
    if (path === undefined) return;
    let over = false;
    const load = async () => {
      if (document.hidden) return;
      try {
        const answer = await ask<T>(path);
        if (!over) setPolled({ answer });
      } catch (error) {
        if (!(error instanceof AgentFailure)) throw error;
        // What was seen stays while the agent does not answer; the header says that it does not.
        if (!over && error.status !== 0) setPolled({ problem: error.message });
      }
    };
    void load();
    const timer = setInterval(() => void load(), everyMs);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [path, everyMs]);
  return polled;
}
