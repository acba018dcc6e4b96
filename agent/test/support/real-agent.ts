import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AgentClient } from "../../src/cli/client.ts";

const entry = fileURLToPath(new URL("../../../bin/edgetwin.js", import.meta.url));

/** `fixtures/lamps.yaml`: three lamps on GPIO. */
export const lampsManifest = fileURLToPath(new URL("../../../test/fixtures/lamps.yaml", import.meta.url));

/** `edgetwin run` as its own process, over and over on the same state directory. */
export class RealAgent implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), "edgetwin-agent-"));
  readonly mqttPort: number;
  readonly client = new AgentClient({ socket: join(this.directory, "edgetwin.sock") }, "0.0.0");
  readonly #config = join(this.directory, "config.json");
  readonly #entry: string;
  #child: ChildProcess | undefined;
  /** What the process wrote, for the message of a failing test. */
  log = "";

  /** @param command the `edgetwin` command to run; default the workspace's own. */
  constructor(mqttPort: number, settings: Readonly<Record<string, unknown>> = {}, command = entry) {
    this.mqttPort = mqttPort;
    this.#entry = command;
    const config = {
      node: "test",
      stateDirectory: this.directory,
      board: { use: "simulated" },
      manifests: [lampsManifest],
      bus: { port: mqttPort },
      api: { port: 0 },
      ...settings,
    };
    writeFileSync(this.#config, JSON.stringify(config));
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts the process; resolves when it says that it runs. Rejects with its log when it ends instead. `env` is added. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const child = spawn(process.execPath, [this.#entry, "run", "--config", this.#config], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    this.#child = child;
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.log = (this.log + text).slice(-20_000);
    });
    await new Promise<void>((resolve, reject) => {
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        if (text.includes("runs as node")) resolve();
      });
      child.once("exit", (code, signal) => reject(new Error(`the agent ended (${code ?? signal}):\n${this.log}`)));
    });
  }

  /** Ends the process with `signal` and waits until it is gone; resolves with its exit code. */
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
    rmSync(this.directory, { recursive: true, force: true });
  }
}
