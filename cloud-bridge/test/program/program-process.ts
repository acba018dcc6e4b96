import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A program of ours in a process of its own, over and over. */
export class ProgramProcess implements AsyncDisposable {
  readonly #entry: string;
  readonly #words: readonly string[];
  /** The event of the log that says that it runs. */
  readonly #runs: string;
  #child: ChildProcess | undefined;
  /** The end of what it wrote, for the message of a failing test. */
  log = "";
  readonly #awaited = new Set<{ readonly text: string; readonly found: () => void }>();

  constructor(entry: string, words: readonly string[], runs: string) {
    this.#entry = entry;
    this.#words = words;
    this.#runs = runs;
  }

  /** Starts it; resolves when it says that it runs. Rejects with its log when it ends instead. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [this.#entry, ...this.#words], { stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    child.stdout.resume();
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: child.stderr }).on("line", (line) => {
        this.log = `${this.log}${line}\n`.slice(-20_000);
        if (line.includes(this.#runs)) resolve();
        for (const one of this.#awaited) if (line.includes(one.text)) one.found();
      });
      child.once("exit", (code, signal) => reject(new Error(`it ended (${code ?? signal}):\n${this.log}`)));
    });
  }

  /** Resolves when a line of its log has `text`, from now on. */
  says(text: string): Promise<void> {
    return new Promise((resolve) => {
      const one = {
        text,
        found: () => {
          this.#awaited.delete(one);
          resolve();
        },
      };
      this.#awaited.add(one);
    });
  }

  /** Ends it and waits until it is gone; resolves with its exit code. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exited = once(child, "exit");
    child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("SIGKILL");
  }
}

/** Runs a program of ours to its end; resolves with what it printed. */
export async function printed(entry: string, words: readonly string[], input = ""): Promise<string> {
  const child = spawn(process.execPath, [entry, ...words], { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(input);
  const [out, err, [code]] = await Promise.all([
    child.stdout.setEncoding("utf8").toArray(),
    child.stderr.setEncoding("utf8").toArray(),
    once(child, "close") as Promise<[number]>,
  ]);
  if (code !== 0) throw new Error(`${words.join(" ")}: code ${code}\n${err.join("")}`);
  return out.join("").trim();
}
