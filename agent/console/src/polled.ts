import { useEffect, useState } from "preact/hooks";
import { ask } from "./agent.ts";

const everyMs = 3_000;

/** What `path` answers, asked again every three seconds while the page is seen. */
export function usePolled<T>(path: string): T | undefined {
  const [answer, setAnswer] = useState<T>();
  useEffect(() => {
    let over = false;
    const load = () => {
      if (document.hidden) return;
      ask<T>(path).then(
        (found) => over || setAnswer(found),
        () => undefined, // the header says that the agent does not answer
      );
    };
    load();
    const timer = setInterval(load, everyMs);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [path]);
  return answer;
}
