import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(new URL("../../../bin/edgetwin.js", import.meta.url));

/** `edgetwin mapper run` as a process of its own. */
export class StandaloneMapper implements AsyncDisposable {
  readonly #child: ChildProcess;
  log = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when it serves. Rejects with its log when it ends instead. */
  static async start(pack: string, manager: string, name: string): Promise<StandaloneMapper> {
    const args = [entry, "mapper", "run", pack, "--manager", manager, "--name", name];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    const mapper = new StandaloneMapper(child);
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      mapper.log = (mapper.log + text).slice(-20_000);
    });
    await new Promise<void>((resolve, reject) => {
      child.stdout?.setEncoding("utf8").on("data", (text: string) => {
        if (text.includes("registers at")) resolve();
      });
      child.once("exit", (code) => reject(new Error(`the mapper ended (${code}):\n${mapper.log}`)));
    });
    return mapper;
  }

  /** Ends it with `signal`; resolves with its exit code. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode;
    const exited = once(this.#child, "exit");
    this.#child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end("SIGKILL");
  }
}
