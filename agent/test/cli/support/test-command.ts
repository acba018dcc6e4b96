import { type Clock, Scope } from "@edgetwin/mapper-sdk";
import { createOutput } from "@edgetwin/program/command-line";
import { runCommand } from "../../../src/cli/run-command.ts";
import { type TestApi, testApi } from "../../api/support/test-api.ts";

/** What a command line printed and returned. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  readonly terminal?: boolean;
  /** Called with everything printed so far, each time something is. */
  readonly onOutput?: (ran: Omit<Ran, "code">) => void;
}

/** Runs the words of `line` as the `edgetwin` command would, in this process. */
export async function runLine(
  line: string | readonly string[],
  options: RunOptions & { readonly clock: Clock },
): Promise<Ran> {
  const { env = {}, stdin = "", signal = new AbortController().signal, clock, terminal = false, onOutput } = options;
  let out = "";
  let err = "";
  const sink = (add: (text: string) => void) => ({
    isTTY: terminal,
    write(text: string) {
      add(text);
      onOutput?.({ out, err });
    },
  });
  const stdout = sink((text) => {
    out += text;
  });
  const stderr = sink((text) => {
    err += text;
  });
  const words = typeof line === "string" ? line.split(" ").filter((word) => word !== "") : line;
  const code = await runCommand(words, {
    env,
    clock,
    output: createOutput({ stdout, stderr }, env),
    signal,
    readStdin: () => Promise.resolve(stdin),
  });
  return { code, out, err };
}

/** An agent in memory and a command that talks to it. */
export interface CommandBench extends AsyncDisposable {
  readonly api: TestApi;
  run(line: string | readonly string[], options?: RunOptions): Promise<Ran>;
}

export async function commandBench(options: Parameters<typeof testApi>[0] = {}): Promise<CommandBench> {
  await using scope = new Scope();
  const api = scope.use(await testApi(options));
  const owned = scope.move();
  return {
    api,
    run: (line, given = {}) =>
      runLine(line, {
        clock: api.core.clock,
        ...given,
        env: { EDGETWIN_SOCKET: api.address.socketPath, TZ: "UTC", ...given.env },
      }),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}
