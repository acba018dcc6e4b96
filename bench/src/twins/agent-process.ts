import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A change of the probe line, and when, in nanoseconds of this machine's monotonic clock. */
export interface LineChange {
  readonly high: boolean;
  readonly at: bigint;
}

/** `edgetwin run` in a process of its own, as a user runs it. */
export interface AgentProcess {
  readonly child: ChildProcess;
  readonly port: number;
  /** When the process was started, on the same clock as line changes. */
  readonly startedAt: bigint;
  /** The next change of the probe line. */
  nextChange(): Promise<LineChange>;
  rssMegabytes(): number;
  /** Bytes the kernel sent to the disk for this process so far. */
  diskBytes(): number;
  stop(signal: NodeJS.Signals): Promise<void>;
}

const entry = fileURLToPath(new URL("../../../../agent/bin/edgetwin.js", import.meta.url));
const boardModule = fileURLToPath(new URL("./board.js", import.meta.url));

/** Starts an agent with its state in `directory` and waits until its broker listens on `port`. */
export async function startAgentProcess(directory: string, port: number): Promise<AgentProcess> {
  mkdirSync(directory, { recursive: true });
  const config = join(directory, "config.json");
  writeFileSync(
    config,
    JSON.stringify({
      node: "bench",
      stateDirectory: directory,
      board: { package: boardModule, use: "simulated" },
      mappers: ["@edgetwin/mapper-gpio"],
      bus: { port },
      api: { port: 0 },
      log: { level: "warn" },
    }),
  );
  const waiting: ((change: LineChange) => void)[] = [];
  const changes: LineChange[] = [];
  const startedAt = process.hrtime.bigint();
  const child = spawn(entry, ["run", "--config", config], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  child.on("message", (message: { high: boolean; at: string }) => {
    const change = { high: message.high, at: BigInt(message.at) };
    const next = waiting.shift();
    next ? next(change) : changes.push(change);
  });
  await listening(port, child);
  return {
    child,
    port,
    startedAt,
    nextChange: () => {
      const seen = changes.shift();
      return seen ? Promise.resolve(seen) : new Promise((resolve) => waiting.push(resolve));
    },
    rssMegabytes: () => (Number(/VmRSS:\s+(\d+)/.exec(proc(child, "status"))?.[1]) * 1024) / 1e6,
    diskBytes: () => Number(/^write_bytes: (\d+)/m.exec(proc(child, "io"))?.[1]),
    stop: (signal) =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill(signal);
      }),
  };
}

const proc = ({ pid }: ChildProcess, name: string) => readFileSync(`/proc/${pid}/${name}`, "utf8");

/** Resolves when something accepts connections on `port`. */
async function listening(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the agent ended with code ${child.exitCode}`);
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
      socket.on("connect", () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
