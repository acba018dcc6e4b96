import { type ChildProcess, execFile, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Path of a file in `test/peers` of the sources; compiled tests run from `dist`. */
const sourcePath = (name: string): string => fileURLToPath(new URL(`../../../test/peers/${name}`, import.meta.url));

const packages = "bluez-test-tools socat build-essential";

/** BlueZ's emulator of controllers: each connection to it is a controller of its own, and they hear each other. */
export interface Btvirt extends AsyncDisposable {
  /** What the connection of a Device calls a new controller. */
  readonly adapter: string;
  /** A peripheral on another controller, in a process of its own. */
  startPeripheral(): Promise<Peripheral>;
}

/** What the peripheral's process tells. */
export interface Peripheral {
  readonly process: ChildProcess;
  /** The next message that has this key. */
  next(key: string): Promise<Record<string, unknown>>;
  /** Takes its power: process and controller are gone. */
  kill(): Promise<void>;
}

/**
 * Starts btvirt with its folder for sockets in place of /tmp, in a mount namespace of its own. Rejects naming the Debian
 * packages that are missing.
 */
export async function startBtvirt(): Promise<Btvirt> {
  const directory = await mkdtemp(join(tmpdir(), "edgetwin-ble-"));
  const children: ChildProcess[] = [];
  const start = (program: string, argv: readonly string[]) => {
    const child = spawn(program, argv, { stdio: ["ignore", "ignore", "pipe"] });
    children.push(child);
    let said = "";
    child.stderr?.on("data", (text) => {
      said += text;
    });
    const ended = new Promise<never>((_, reject) => {
      const fail = (reason: unknown) => {
        const message = `${program} ended (${String(reason)}): ${said.trim().slice(-300)}`;
        reject(new Error(`${message}; on Debian: sudo apt install ${packages}`));
      };
      child.once("error", fail);
      child.once("exit", fail);
    });
    ended.catch(() => undefined);
    return ended;
  };
  const flags = [
    "-shared",
    "-fPIC",
    "-O1",
    "-Wall",
    "-o",
    join(directory, "no-af-alg.so"),
    sourcePath("no-af-alg.c"),
    "-ldl",
  ];
  await promisify(execFile)("cc", flags).catch((cause: unknown) => {
    throw new Error(`cannot build no-af-alg.c; on Debian: sudo apt install ${packages}`, { cause });
  });
  const script = 'mount --bind "$0" /tmp && LD_PRELOAD=/tmp/no-af-alg.so exec btvirt -s';
  const socket = join(directory, "bt-server-le");
  await appears(socket, start("unshare", ["-m", "--propagation", "private", "sh", "-c", script, directory]));
  return {
    adapter: `unix:${socket}`,
    async startPeripheral() {
      const terminal = join(directory, "terminal");
      await rm(terminal, { force: true }); // of the peripheral before
      await appears(terminal, start("socat", [`PTY,link=${terminal},raw,echo=0`, `UNIX-CONNECT:${socket}`]));
      const child = fork(fileURLToPath(new URL("./bleno-peripheral.js", import.meta.url)), [terminal]);
      children.push(child);
      const wire = children.at(-2);
      const peripheral: Peripheral = {
        process: child,
        next: (key) => nextWith(child, key),
        async kill() {
          // Its controller is gone when nobody is connected to btvirt any more.
          const gone = [child, wire].map((one) => one && once(one, "exit"));
          child.kill("SIGKILL");
          wire?.kill("SIGKILL");
          await Promise.all(gone);
        },
      };
      await peripheral.next("advertising");
      return peripheral;
    },
    async [Symbol.asyncDispose]() {
      for (const child of children) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const gone = once(child, "exit");
        child.kill("SIGKILL");
        await gone;
      }
      await rm(directory, { recursive: true });
    },
  };
}

/** Resolves when `path` is there. Rejects when the program that makes it ends before. */
async function appears(path: string, ended: Promise<never>): Promise<void> {
  while (!existsSync(path)) await Promise.race([new Promise((resolve) => setTimeout(resolve, 20)), ended]);
}

async function nextWith(child: ChildProcess, key: string): Promise<Record<string, unknown>> {
  for (;;) {
    const [message] = (await Promise.race([
      once(child, "message"),
      once(child, "exit").then(([code]) => {
        throw new Error(`the peripheral ended with ${code} before it told "${key}"`);
      }),
    ])) as [Record<string, unknown>];
    if (key in message) return message;
  }
}
