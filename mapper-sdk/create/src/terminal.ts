import { createInterface, type Interface } from "node:readline/promises";

/** Asks at the terminal of this process. Disposing it gives the terminal back. */
export interface Terminal extends Disposable {
  /** Undefined when standard input or output is no terminal. Rejects with the signal's reason on Ctrl-C and Ctrl-D. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
}

type Streams = Pick<NodeJS.Process, "stdin" | "stdout">;

/** Opens the terminal with the first question. */
export function openTerminal({ stdin, stdout }: Streams, stopping: AbortController): Terminal {
  let open: Interface | undefined;
  const lines = () => {
    if (open) return open;
    open = createInterface({ input: stdin, output: stdout });
    // In raw mode the terminal sends no SIGINT; readline tells instead.
    open.once("SIGINT", () => stopping.abort(new Error("stopped by Ctrl-C")));
    open.once("close", () => stopping.abort(new Error("the input ended")));
    return open;
  };
  const isTerminal = stdin.isTTY === true && stdout.isTTY === true;
  return {
    ask: isTerminal
      ? async (question) => (await lines().question(question, { signal: stopping.signal })).trim()
      : undefined,
    [Symbol.dispose]: () => {
      open?.removeAllListeners("close");
      open?.close();
    },
  };
}
