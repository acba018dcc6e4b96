import { Feed, type FeedOptions } from "../feed.ts";

/** What to do with each value on its way, and with the error that ends it. */
export interface PumpParts<T> extends FeedOptions<T> {
  readonly source: (options: { readonly signal: AbortSignal }) => AsyncIterable<T>;
  readonly onValue: (value: T) => void;
  readonly onLost: (error: unknown) => void;
}

/** A feed that reads `source` once for all its readers, from the first of them to the last. */
export function pumped<T>({ source, onValue, onLost, ...options }: PumpParts<T>): Feed<T> {
  let reading: AbortController | undefined;
  const feed = new Feed<T>(
    {
      start() {
        const run = new AbortController();
        reading = run;
        const values = source({ signal: run.signal })[Symbol.asyncIterator]();
        const take = (): unknown =>
          values.next().then(
            ({ done, value }) => {
              if (done || run.signal.aborted) return;
              onValue(value);
              feed.push(value);
              return take();
            },
            (error: unknown) => {
              if (run.signal.aborted) return;
              onLost(error);
              feed.fail(error);
            },
          );
        take();
      },
      stop: () => reading?.abort(),
    },
    options,
  );
  return feed;
}
