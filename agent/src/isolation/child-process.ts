import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import type { Command } from "./child-settings.ts";
import { lines } from "./lines.ts";

/** What a process takes now. */
export interface Usage {
  readonly rssBytes: number;
  readonly cpuSeconds: number;
}

/** How a process ended; `message` when it never began. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly message?: string;
}

/** A process that was started. */
export interface Child {
  readonly pid: number | undefined;
  readonly exited: Promise<Exit>;
  kill(signal: NodeJS.Signals): void;
  /** Undefined when it is gone or the system does not tell. */
  usage(): Usage | undefined;
}

/** Starts processes; tests start none. `onLine` gets every line that the process writes, without its end. */
export type StartChild = (command: Command, onLine: (line: string, stream: "stdout" | "stderr") => void) => Child;

/** Clock ticks of `/proc/PID/stat`; 100 on every Linux that Node.js runs on (`getconf CLK_TCK`). */
const ticksPerSecond = 100;
const pageBytes = 4096;

/**
 * Starts a process of this system. Its standard input is a pipe that nothing is written to: it ends when the agent does,
 * however that dies, and the process knows.
 */
export const startChild: StartChild = ({ file, args, env }, onLine) => {
  const child = spawn(file, args, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...env }, shell: false });
  const exited = new Promise<Exit>((resolve) => {
    child.once("error", ({ message }) => resolve({ code: null, signal: null, message }));
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  child.stdin.on("error", () => {}); // it ended: "close" says so
  for (const stream of ["stdout", "stderr"] as const) lines(child[stream] as Readable, (line) => onLine(line, stream));
  return {
    pid: child.pid,
    exited,
    kill: (signal) => void child.kill(signal),
    usage: () => (child.pid === undefined || child.exitCode !== null ? undefined : usageOf(child.pid)),
  };
};

/** proc(5): the second field of statm is the resident set in pages, fields 14 and 15 of stat are user and system ticks. */
function usageOf(pid: number): Usage | undefined {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in brackets may hold spaces; what follows the last bracket is field 3.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const ticks = Number(fields[11]) + Number(fields[12]);
    return { rssBytes: pages * pageBytes, cpuSeconds: ticks / ticksPerSecond };
  } catch {
    return undefined; // it has just ended, or this system has no /proc
  }
}
