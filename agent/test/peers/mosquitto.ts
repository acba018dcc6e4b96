import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../support/free-port.ts";
import { startProgram } from "./service.ts";

/** A mosquitto of its own on loopback, which can be stopped and started again on the same port. */
export class Mosquitto implements AsyncDisposable {
  readonly port: number;
  readonly #directory: string;
  #child: ChildProcess | undefined;

  private constructor(port: number, directory: string) {
    this.port = port;
    this.#directory = directory;
  }

  static async open(): Promise<Mosquitto> {
    const directory = await mkdtemp(join(tmpdir(), "edgetwin-mosquitto-"));
    const broker = new Mosquitto(await freePort(), directory);
    const settings = [
      `listener ${broker.port} 127.0.0.1`,
      "allow_anonymous true",
      "persistence false",
      "set_tcp_nodelay true",
      "log_dest stderr",
    ];
    await writeFile(join(directory, "mosquitto.conf"), `${settings.join("\n")}\n`);
    try {
      await broker.start();
    } catch (error) {
      await broker[Symbol.asyncDispose]();
      throw error;
    }
    return broker;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    const child = await startProgram("mosquitto", ["-c", join(this.#directory, "mosquitto.conf")], "mosquitto");
    this.#child = child;
    let said = "";
    for await (const chunk of child.stderr ?? []) {
      said += String(chunk);
      if (said.includes(" running")) break;
    }
    if (!said.includes(" running")) throw new Error(`mosquitto did not start: ${said}`);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return;
    const exited = once(child, "exit");
    child.kill();
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

/** Runs `mosquitto_pub` or `mosquitto_sub` to its end and returns what it printed. */
export async function mosquittoClient(
  program: "mosquitto_pub" | "mosquitto_sub",
  argv: readonly string[],
): Promise<string> {
  const child = await startProgram(program, argv, "mosquitto-clients");
  let out = "";
  let complaint = "";
  child.stdout?.on("data", (chunk) => {
    out += String(chunk);
  });
  child.stderr?.on("data", (chunk) => {
    complaint += String(chunk);
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${complaint}`);
  return out;
}
