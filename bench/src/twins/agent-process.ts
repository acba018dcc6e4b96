import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
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
  /** Seconds of processor time that it has used so far. */
  cpuSeconds(): number;
  /** Bytes the kernel sent to the disk for this process so far. */
  diskBytes(): number;
  stop(signal: NodeJS.Signals): Promise<void>;
}

const entry = fileURLToPath(new URL("../../../../agent/bin/edgetwin.js", import.meta.url));
const boardModule = fileURLToPath(new URL("./board.js", import.meta.url));

/** What the agent works with, if not GPIO lines on the bench board. */
export interface AgentParts {
  /** Module of a board package, which is used simulated. */
  readonly board?: string;
  readonly mapper?: string;
  /** Where the agent is installed, a folder `node_modules`; without it, the workspace's own is started. */
  readonly installed?: string;
}

/** Starts an agent with its state in `directory` and waits until its broker listens on `port`. */
export async function startAgentProcess(
  directory: string,
  port: number,
  { board = boardModule, mapper = "@edgetwin/mapper-gpio", installed }: AgentParts = {},
): Promise<AgentProcess> {
  mkdirSync(directory, { recursive: true });
  const boardPackage = installed === undefined ? board : besideThe(installed, { board, directory });
  const config = join(directory, "config.json");
  writeFileSync(
    config,
    JSON.stringify({
      node: "bench",
      stateDirectory: directory,
      board: { package: boardPackage, use: "simulated" },
      mappers: [mapper],
      bus: { port },
      api: { port: 0 },
      log: { level: "warn" },
    }),
  );
  const waiting: ((change: LineChange) => void)[] = [];
  const changes: LineChange[] = [];
  const startedAt = process.hrtime.bigint();
  const command = installed === undefined ? entry : join(installed, "@edgetwin", "agent", "bin", "edgetwin.js");
  const child = spawn(command, ["run", "--config", config], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  child.on("message", (message: { high?: boolean; at: string }) => {
    if (message.high === undefined) return;
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
    cpuSeconds: () => cpuSeconds(child),
    diskBytes: () => Number(/^write_bytes: (\d+)/m.exec(proc(child, "io"))?.[1]),
    stop: (signal) =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill(signal);
      }),
  };
}

/** The board module where it finds the packages of the installed agent, and loads no second copy of them. */
function besideThe(installed: string, { board, directory }: { board: string; directory: string }): string {
  const copy = join(directory, "board.js");
  copyFileSync(board, copy);
  const modules = join(directory, "node_modules");
  if (!existsSync(modules)) symlinkSync(installed, modules);
  return copy;
}

const proc = ({ pid }: ChildProcess, name: string) => readFileSync(`/proc/${pid}/${name}`, "utf8");

/** Linux counts in hundredths of a second (`USER_HZ`); user and system time are fields 14 and 15 of proc_pid_stat(5). */
function cpuSeconds(child: ChildProcess): number {
  const fields = proc(child, "stat")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

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
