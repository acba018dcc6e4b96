import { type Clock, delay } from "@edgetwin/mapper-sdk";

/** How messages are brought to a URL. */
export interface PostOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Attempts in all; between two is a second. */
  readonly attempts: number;
}

/** Text that is read of an answer. */
const longestAnswer = 1024 * 1024;

/**
 * Brings a message to a URL and resolves with the text of its answer. Rejects with an Error that says why it did not
 * arrive: no connection, no answer in time, a status that is no success. A failure that may pass is tried again.
 */
export async function post(url: string, body: string, options: PostOptions): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const { text, failure, mayPass } = await once(url, body, options);
    if (failure === undefined) return text;
    if (!mayPass || attempt >= options.attempts || options.signal.aborted) throw new Error(failure);
    await delay(options.clock, 1000, options.signal);
  }
}

interface Attempt {
  readonly text: string;
  readonly failure?: string;
  readonly mayPass?: boolean;
}

async function once(url: string, body: string, { clock, timeoutMs, signal }: PostOptions): Promise<Attempt> {
  const ending = new AbortController();
  const timer = clock.after(timeoutMs, () => ending.abort(new Error(`no answer within ${timeoutMs} ms`)));
  const stop = () => ending.abort(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    // A redirect would lead where no rule does.
    const response = await fetch(url, { method: "POST", body, redirect: "manual", signal: ending.signal });
    const text = await textOf(response);
    if (response.ok) return { text };
    return { text, failure: `${url} answered ${response.status}`, mayPass: response.status >= 500 };
  } catch (error) {
    const { message, cause } = error as Error;
    const reason = cause instanceof Error ? cause.message : message;
    return { text: "", failure: `${url}: ${reason}`, mayPass: true };
  } finally {
    timer[Symbol.dispose]();
    signal.removeEventListener("abort", stop);
  }
}

async function textOf({ body }: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += piece.length;
    if (bytes > longestAnswer) throw new Error(`the answer is longer than ${longestAnswer} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}
